"""From the corpus to the models: mark-up, training, scores. Using the models needs none of it."""
