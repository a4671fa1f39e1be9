# Wrong: counts whoever is in match.
# Replaces: commit-solution
# Found by: hidden tests
def advance_commit(log_terms, term, commit, match, voters):
    for index in range(len(log_terms), commit, -1):
        copies = 1 + sum(has >= index for has in match.values())
        if copies > len(voters) / 2 and log_terms[index - 1] == term:
            return index
    return commit
