# Wrong: commits by counting copies of any term: Figure 8.
# Replaces: commit-solution
# Found by: hidden tests
def advance_commit(log_terms, term, commit, match, voters):
    has = {**match, "me": len(log_terms)}
    indexes = sorted((has.get(name, 0) for name in voters), reverse=True)
    return max(commit, indexes[len(voters) // 2])
