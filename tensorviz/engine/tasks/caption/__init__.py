"""The task of describing pictures: a picture in, a sentence out, word by word.

Must not know the other tasks, Qt or the terminal.
"""
