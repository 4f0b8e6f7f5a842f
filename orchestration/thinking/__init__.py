"""Ways of thinking about a question: answering at once, planning, looking ahead."""
