"""The conductor plays the scenario: it starts server, proxy and runners, acts the operator and compares the answers."""
