"""What Kennisnet support sees of the register: besturen, schools and mandates with their story, and the search."""
