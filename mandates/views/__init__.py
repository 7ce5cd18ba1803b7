"""The pages of the OSR-beheerder (screens.md), each about the board that the person acts for."""
