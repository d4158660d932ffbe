"""What is to come: may it fly the next flight, what is planned of an aircraft, what falls due when."""
