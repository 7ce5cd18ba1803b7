"""Overeenkomsten, for who acts for a board: what there is, asking for one, reading, signing and declining."""
