# Wrong: votes for whoever asks first, whatever its log.
# Replaces: vote-solution
# Found by: hidden tests
def answer_vote(voter, save, term, candidate, last_term, last_index):
    if term < voter.term:
        return voter.term, False
    voted_for = voter.voted_for if term == voter.term else None
    granted = voted_for in (None, candidate)

    if granted:
        voted_for = candidate
    if (term, voted_for) != (voter.term, voter.voted_for):
        save(term, voted_for)
        voter.term, voter.voted_for = term, voted_for
    return term, granted
