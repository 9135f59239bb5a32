"""All thresholds and sample sizes of the judging."""

# Held-out seed words: so many folds, of which as many are tried as hold so many words together.
FOLDS = 5
ENOUGH_WORDS = 200
# With fewer seed words, held-out ones are too few to compare methods on.
FEW_WORDS = 200
# With fewer held-out words there is nothing to say, and what is right of fewer is of little use.
MIN_WORDS = 10
USABLE_PERCENT = 10.0
# Words that are held out are answered among so many most frequent ones.
VOCABULARY = 20_000

# Restarts: on what shares of words and pairs, how often, and compared on how many frequent words.
KEPT_WORDS = 0.95
KEPT_PAIRS = 0.8
RESTARTS = 5
FREQUENT_WORDS = 5_000
# Of the lead in agreement, in percent; fitted on runs whose outcome is known, see `docs/verdict.md`.
ALIGNED_AGREEMENT = 20.0
FAILED_AGREEMENT = 5.0
# If so little of the first two restarts agrees, further ones will not.
HARDLY_ANY_AGREEMENT = 2.5
# A start whose restarts agree so much is good enough; with less, others are tried.
ENOUGH_AGREEMENT = 40.0
# With less, nothing was found, and costly starts would find nothing either.
SOME_AGREEMENT = 0.5
# Among fewer words than this two maps agree too often by chance.
TELLING_WORDS = 50

# Words of joint spaces are dealt into so many parts: one weighs the lexicons, one judges.
JOINT_PARTS = 10
# In percent: a lexicon counts as if it were right at least so often.
MIN_WEIGHT = 5.0
# Of several solvers the one is taken that does best on so many lexicons, those with the most held-out words.
CHOOSING_LEXICONS = 10
