# Wrong: takes the majority of those who have answered.
# Replaces: commit-solution
# Found by: hidden tests
def advance_commit(log_terms, term, commit, match, voters):
    known = {name: index for name, index in match.items() if name in voters}
    for index in range(len(log_terms), commit, -1):
        copies = 1 + sum(has >= index for has in known.values())
        if copies > (len(known) + 1) / 2 and log_terms[index - 1] == term:
            return index
    return commit
