# Right: tries every index from the end.
# Replaces: commit-solution
def advance_commit(log_terms, term, commit, match, voters):
    index = len(log_terms)
    while index > commit:
        having = {"me"} | {name for name, has in match.items() if has >= index}
        if 2 * len(having & voters) > len(voters) and log_terms[index - 1] == term:
            return index
        index -= 1
    return commit
