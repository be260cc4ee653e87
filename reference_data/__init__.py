"""The shared words, codes, law, geography and published figures; it imports no other package of ours."""
