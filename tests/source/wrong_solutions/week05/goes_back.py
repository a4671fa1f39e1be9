# Wrong: follows the majority down again.
# Replaces: commit-solution
# Found by: hidden tests
def advance_commit(log_terms, term, commit, match, voters):
    has = {**match, "me": len(log_terms)}
    indexes = sorted((has.get(name, 0) for name in voters), reverse=True)
    index = indexes[len(voters) // 2]
    return (
        index
        if index and log_terms[index - 1] == term
        else min(commit, index)
        if commit > index
        else commit
    )
