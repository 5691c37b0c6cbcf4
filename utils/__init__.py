"""The helpers that two or more chapters of "Turn the Knobs" share.

Importing this package silences TensorFlow's start-up messages, so import it before TensorFlow.
"""

import os

__version__ = "0.1.0"

# The set-up cell of every chapter reads this to be sure that it imported the course's `utils`
# and not another package of that common name.
COURSE = "Turn the Knobs"

# Read once, when TensorFlow is first imported: 3 = only fatal messages.
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
# Without this TensorFlow announces on stderr that oneDNN may change the last digit.
os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "0")
