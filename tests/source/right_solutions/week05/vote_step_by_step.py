# Right: goes through the rules one by one, on a copy.
# Replaces: vote-solution
from dataclasses import replace


def answer_vote(voter, save, term, candidate, last_term, last_index):
    new = replace(voter)
    if term > new.term:
        new.term, new.voted_for = term, None
    my_term = [0, *voter.log_terms][-1]
    newer = last_term > my_term
    as_long = last_term == my_term and last_index >= len(voter.log_terms)
    granted = term == new.term and new.voted_for in (None, candidate) and (newer or as_long)
    if granted:
        new.voted_for = candidate
    if new != voter:
        save(new.term, new.voted_for)
        voter.term, voter.voted_for = new.term, new.voted_for
    return voter.term, granted
