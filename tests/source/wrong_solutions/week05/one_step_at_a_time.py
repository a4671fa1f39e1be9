# Wrong: stops at the first index that is not of its own term.
# Replaces: commit-solution
# Found by: hidden tests
def advance_commit(log_terms, term, commit, match, voters):
    new = commit
    for index in range(commit + 1, len(log_terms) + 1):
        copies = 1 + sum(match.get(name, 0) >= index for name in voters if name != "me")
        if copies <= len(voters) / 2 or log_terms[index - 1] != term:
            break
        new = index
    return new
