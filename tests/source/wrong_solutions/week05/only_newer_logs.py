# Wrong: refuses a log that is exactly as up to date as its own.
# Replaces: vote-solution
# Found by: visible tests
def answer_vote(voter, save, term, candidate, last_term, last_index):
    if term < voter.term:
        return voter.term, False
    voted_for = voter.voted_for if term == voter.term else None
    mine = (voter.log_terms[-1] if voter.log_terms else 0, len(voter.log_terms))

    granted = voted_for in (None, candidate) and (last_term, last_index) > mine

    if granted:
        voted_for = candidate
    if (term, voted_for) != (voter.term, voter.voted_for):
        save(term, voted_for)
        voter.term, voter.voted_for = term, voted_for
    return term, granted
