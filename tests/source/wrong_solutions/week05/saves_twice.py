# Wrong: saves the term and then the vote.
# Replaces: vote-solution
# Found by: visible tests
def answer_vote(voter, save, term, candidate, last_term, last_index):
    if term < voter.term:
        return voter.term, False
    if term > voter.term:
        save(term, None)
        voter.term, voter.voted_for = term, None
    mine = (voter.log_terms[-1] if voter.log_terms else 0, len(voter.log_terms))
    if voter.voted_for not in (None, candidate) or (last_term, last_index) < mine:
        return term, False
    if voter.voted_for is None:
        save(term, candidate)
        voter.voted_for = candidate
    return term, True
