"""What a survey asks, as a typed tree: questions, logic, walk, answers. Nothing here touches the database."""
