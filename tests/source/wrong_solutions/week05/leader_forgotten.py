# Wrong: counts followers only.
# Replaces: commit-solution
# Found by: visible tests
def advance_commit(log_terms, term, commit, match, voters):
    for index in range(len(log_terms), commit, -1):
        copies = sum(match.get(name, 0) >= index for name in voters if name != "me")
        if copies > len(voters) / 2 and log_terms[index - 1] == term:
            return index
    return commit
