"""What a programme may be: pure, no Django, no clock."""
