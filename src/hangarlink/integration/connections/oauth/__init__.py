"""OAuth at partners: the app that stands for us there, authorising, and tokens that are renewed in time and never lost.

rules        pure: endpoints, links, states, lifetimes
wire         the calls of the token endpoint, on the guarded client
partner_apps the client id and secret that an operator registered at the partner
authorising  the way to the partner's consent page and back
keeping      the tokens of a connection as a line uses them: renewed before they expire, once, whoever asks
revoking     telling the partner when a connection ends
"""
