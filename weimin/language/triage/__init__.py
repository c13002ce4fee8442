"""What a message is about, told from its words: trained on messages people have labelled, unsure aloud.

`training` learns (needs scikit-learn), `model` keeps and guesses (plain numpy), `scores` measures.
"""
