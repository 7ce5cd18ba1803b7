"""Overeenkomsten between a bestuur and Kennisnet: without one in force no mandate is given (D5)."""
