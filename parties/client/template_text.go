package client

// template is a job file with its unknown parts in capitals.
const template = `# One study. Fill in all that is in <angle brackets>, send the file to everybody,
# and let every owner and every server operator approve it: trainer approve job.yaml
# A byte that differs makes it another job, which nobody has approved.
name: study

# Three servers, run by three organisations that have reasons not to pool what
# they see: two of them together could read all rows. address is where the others
# and all owners reach the server; key is what "trainer keygen" printed there.
servers:
SERVERS

data:
  # The column to predict: 0 or 1 in every row.
  target: TARGET
  # All other columns, in the order in which they stand in every owner's CSV file.
  # All are numbers, in the same units everywhere.
  features: FEATURES
  # Who brings rows. The files stay at home: "trainer share" names them.
  # test_fraction keeps that part of the rows for testing the model.
  owners:
OWNERS
  # joint: by mean and deviation over all owners' rows, which every owner learns.
  # ranges: by agreed smallest and largest values; opens nothing.
  standardise: joint

model: logistic_regression
train: {epochs: 10, batch: 128, learning_rate: 0.1, momentum: 0.9, l2: 0.001}

# To go on from the model.json of an earlier job, take one of these lines. A public
# model lies beside this file, and its SHA-256 becomes part of the job. A secret one
# stays with its owner, who names it: trainer share --start model.json
# start: {file: model.json}
# start: {owner: NAME}

# What is opened, and to whom; nothing else ever is. "to: all" is every owner and
# the three servers. "trainer approve --show job.yaml" says it in plain words.
reveal:
  - {what: model/final, to: [NAMES]}
  - {what: metrics/test, to: [NAMES]}
`
