"""What learners hand in: for each exercise right answers, other forms of one, and wrong ones.

One answer a line, as an expression: a function (for an exercise with arguments: of these), or what
an exercise without arguments returns. `test_answers.py` says what each must be told.
"""

# ruff: noqa: F401 (the answers need these names)

import math
from decimal import Decimal
from fractions import Fraction
from functools import partial
from itertools import pairwise

import keras
import numpy as np

from utils._tf import tf
from utils.answers import slope

# Passes: at least five for each exercise.
RIGHT = {
    "1.1": """
        216
        24 * 9
        6 / 0.25 * 9
        (3 - -3) * 4 * 9.0
        np.mgrid[-3:3:0.25, 0:2:9j][0].size
        tf.size(tf.constant(np.mgrid[-3:3:0.25, 0:2:9j])) / 2
        np.mgrid[-3:3:0.25, 0:2:9j].reshape(2, -1).shape[1:]
        len(np.arange(-3, 3, 0.25)) * len(np.linspace(0, 2, 9))
        Fraction(6, 1) / Fraction("0.25") * 9
        216 + 0j
    """,
    "1.2": """
        lambda x, low, high: tf.clip_by_value(x, low, high)
        lambda x, low, high: tf.where(x < low, low, tf.where(x > high, high, x))
        lambda x, low, high: tf.minimum(tf.maximum(x, low), high)
        lambda x, low, high: np.clip(x, low, high)
        lambda x, low, high: keras.ops.clip(x, low, high)
        lambda x, low, high: [[min(max(v, low), high)] for v in np.ravel(x)]
        lambda high, low, x: tf.where(x > high, high, tf.where(low > x, low, x))
        lambda x, *, low=0.0, high=1.0: tf.clip_by_value(x, low, high)
        lambda tensor, a, b: np.where(tensor < a, a, np.where(tensor > b, b, tensor))
        tf.function(lambda x, low, high: tf.minimum(high, tf.maximum(low, x)))
        tf.clip_by_value
        np.clip
        Between()
        Layered()
    """,
    "1.3": """
        bend_with_two_tapes
        bend_with_a_variable
        bend_in_float64
        lambda f, x: [bend_with_two_tapes(f, x)]
        lambda x, f: float(bend_with_two_tapes(f, x))
        lambda f, x: slope(lambda y: slope(f, y), x)
        lambda f, x: (lambda h, y: (f(y + h) - 2 * f(y) + f(y - h)) / h**2)(1e-4, np.float64(x))
    """,
    "1.4": """
        lambda x: tf.where(x > 0, tf.math.log(tf.where(x > 0, x, 1.0)), 0.0)
        lambda x: tf.math.log(tf.where(x > 0, x, 1.0))
        lambda x: tf.math.log(tf.where(x > 0, x, tf.ones_like(x)))
        lambda x: keras.ops.log(keras.ops.where(x > 0, x, 1.0))
        lambda x: tf.where(x > 0, tf.math.log(tf.maximum(x, 1e-30)), 0.0)
        lambda t, *, fill=1.0: tf.math.log(tf.where(tf.greater(t, 0), t, fill))
        tf.function(lambda x: tf.math.log(tf.where(x > 0, x, 1.0)))
        lambda x: tf.map_fn(lambda v: tf.math.log(v) if v > 0 else 0 * v, x)
        lambda x: tf.stack([tf.math.log(v) if v > 0 else tf.zeros(()) for v in x])
        lambda x: [tf.math.log(v) if v > 0 else tf.zeros(()) for v in tf.unstack(x)]
        keras.layers.Lambda(lambda x: tf.math.log(tf.where(x > 0, x, 1.0)))
    """,
    "1.6": """
        [50, 0]
        (50, 0)
        [50.0, 0.0]
        np.array([50, 0])
        tf.constant([50, 0])
        (tf.constant(50), np.float32(0))
        {"squares": 50, "coordinates": 0}.values()
        (n for n in (50, 0))
        [[50], [0]]
    """,
    "2.1": """
        75, 64
        [75, 64]
        (5 * 8 + 8 + 8 * 3 + 3, 5 * 8 + 8 * 3)
        tuple(np.array([48 + 27, 40 + 24]))
        tf.constant([75.0, 64.0])
        sum(parameters((5, 8, 3))), 5 * 8 + 8 * 3
        [Decimal(75), Fraction(64)]
        ([75], [64])
        map(sum, ([48, 27], [40, 24]))
    """,
    "2.2": """
        lambda s: (sum(parameters(s)) + 2 * sum(s[1:-1]), 2 * sum(s[1:-1]))
        lambda sizes: [sum(parameters(sizes)) + 2 * sum(sizes[1:-1]), 2 * sum(sizes[1:-1])]
        lambda sizes: np.array([sum(parameters(sizes)), 0]) + 2 * np.sum(sizes[1:-1])
        lambda sizes: with_norm_in_a_loop(list(sizes))
        lambda sizes: (v for v in with_norm_in_a_loop(sizes))
        lambda sizes: tf.constant(with_norm_in_a_loop(sizes), tf.float32)
        lambda *args: with_norm_in_a_loop(*args)
    """,
    "2.3": """
        widest_in_a_loop
        lambda budget, layers: widest_in_a_loop(budget, layers)
        lambda layers, budget: widest_in_a_loop(budget, layers)
        lambda money, depth: float(widest_in_a_loop(money, depth))
        lambda budget, layers: max(n for n in range(1, 500) if total(n, layers) <= budget)
        lambda budget, layers: sum(total(n, layers) <= budget for n in range(1, 500))
        lambda budget, layers: np.floor(widest_root(budget, layers))
        lambda budget, *, layers: int(widest_root(budget, layers) + 1e-9)
    """,
    "2.5": """
        40
        40.0
        np.int64(40)
        tf.constant(40)
        [40]
        next(n for n in range(1, 99) if sum(parameters((784, *[n] * 20, 10))[1:]) > 785 * n)
        1 + np.argmax([sum(parameters((784, *[n] * 20, 10))) > 1570 * n for n in range(1, 99)])
        math.ceil(39.3)
    """,
    "3.1": """
        1 / 3
        2 / 6
        Fraction(1, 3)
        Decimal(1) / Decimal(3)
        0.3333
        np.float32(1 / 3)
        np.float16(1 / 3)
        tf.constant(1 / 3)
        tf.Variable([1 / 3])
        np.roots([1, -2 / 3, 1 / 9])[0]
        [0.33333]
        Number(1 / 3)
    """,
    "3.2": """
        lambda base, decay, step, k, staircase: base * decay ** (
            k // step if staircase else k / step)
        lambda base, decay, step, k, staircase=False: base * decay ** decayed(step, k, staircase)
        lambda base, decay, step, k, *, staircase=False: base * decay ** decayed(step, k, staircase)
        lambda k, base, decay, step, staircase: base * decay ** decayed(step, k, staircase)
        lambda b, d, s, k, stairs: b * d ** (math.floor(k / s) if stairs else k / s)
        lambda base, decay, step, k, staircase: [base, base * decay ** int(k / step)][1]
            if staircase is True else base * math.exp(math.log(decay) * k / step)
        lambda base, decay, step, k, staircase: base * tf.pow(decay, tf.floor(k / step)
            if staircase else k / step)
        lambda base, decay, step, k, staircase: keras.optimizers.schedules.ExponentialDecay(
            base, step, decay, staircase)(k)
        partial(lambda unit, base, decay, step, k, staircase: unit * base * decay ** decayed(step,
            k, staircase), 1.0)
    """,
    "3.3": """
        lambda lr, goal: int(np.floor(np.log(goal / 6) / np.log(abs(1 - 2 * lr)))) + 1
        lambda lr, goal: math.ceil(math.log(goal / 6, abs(1 - 2 * lr)))
        lambda goal, lr: np.ceil(np.log(goal / 6) / np.log(abs(1 - 2 * lr)))
        lambda rate, end: math.floor(math.log(end / 6) / math.log(abs(1 - 2 * rate))) + 1.0
        lambda lr, goal: tf.math.ceil(tf.math.log(goal / 6) / tf.math.log(abs(1 - 2 * lr)))
        lambda lr, goal: next(k for k in range(9999) if 6 * abs(1 - 2 * lr) ** k < goal)
        lambda lr, goal: sum(6 * abs(1 - 2 * lr) ** np.arange(9999) >= goal)
        lambda lr, goal: [math.ceil((math.log(6) - math.log(goal)) / -math.log(abs(1 - 2 * lr)))]
    """,
    "3.5": """
        0.95
        np.float32(0.95)
        np.float16(0.95)
        Fraction(95, 100)
        Decimal("0.95")
        np.arange(0.5, 1.0, 0.01)[45]
        [0.95]
    """,
    "4.1": """
        10
        10.0
        math.ceil(6 / math.log10(4))
        next(n for n in range(99) if 0.25**n < 1e-6)
        np.ceil(np.log(1e-6) / np.log(0.25))
        tf.math.ceil(6.0 / 0.60206)
        int(math.log(1e6, 4)) + 1
    """,
    "4.2": """
        lambda z: tf.sigmoid(z) * (1 + z * (1 - tf.sigmoid(z)))
        lambda z: sigmoid(z) + z * sigmoid(z) * (1 - sigmoid(z))
        lambda z: sigmoid(z) * (1 + z * sigmoid(-z))
        lambda x: x * sigmoid(x) + sigmoid(x) * (1 - x * sigmoid(x))
        lambda z: [sigmoid(v) + v * sigmoid(v) * (1 - sigmoid(v)) for v in z]
        lambda z: np.array([sigmoid(z[i]) * (1 + z[i] * sigmoid(-z[i])) for i in range(len(z))])
        lambda z: (1 + np.exp(-z) + z * np.exp(-z)) / (1 + np.exp(-z)) ** 2
        lambda z: keras.ops.sigmoid(z) * (1 + z * (1 - keras.ops.sigmoid(z)))
        lambda z: tf.nn.silu(z) + tf.sigmoid(z) * (1 - tf.nn.silu(z))
        np.vectorize(lambda z: sigmoid(z) * (1 + z * sigmoid(-z)))
    """,
    "4.3": """
        ([1, -1], [-3, 3], [1, 1], 0)
        ([-1, 1], [3, -3], [1, 1], 0.0)
        [[2, -2], [-6, 6], [0.5, 0.5], [0]]
        {"w": [1, -1], "b": [-3, 3], "u": [1, 1], "c": 0}
        1, -1, -3, 3, 1, 1, 0
        np.array([1.0, -1, -3, 3, 1, 1, 0])
        tf.constant([1.0, -1, -3, 3, 1, 1, 0])
        (tf.constant([1.0, -1]), tf.constant([-3.0, 3]), tf.ones(2), tf.zeros(()))
        [np.array([[1, -1]]), np.array([-3, 3]), np.array([[1], [1]]), np.array([0])]
        ((1, -1), (-3, 3), (Fraction(1), Decimal(1)), 0)
        (part for part in ([1, -1], [-3, 3], [1, 1], 0))
    """,
    "4.5": """
        8
        8.0
        2**3
        np.int32(8)
        tf.constant(8)
        [8]
    """,
    "5.1": """
        0.6
        3 / 5
        (5 - 2) / 5
        Fraction(3, 5)
        Decimal("0.6")
        np.float16(0.6)
        tf.constant([0.6])
        1 - 2 / 5
        6e-1
        0.6 + 0j
    """,
    "5.2": """
        lambda y, forecast, q: np.mean(np.maximum(q * (y - forecast), (q - 1) * (y - forecast)))
        lambda y, f, q: np.mean(np.where(f > y, (1 - q) * (f - y), q * (y - f)))
        lambda q, y, forecast: np.mean(np.maximum(q * (y - forecast), (q - 1) * (y - forecast)))
        lambda y, forecast, *, q=0.5: pinball(y, forecast, q)
        lambda y, forecast, q: tf.reduce_mean(loss_of_days(forecast, y, 1 - q, q))
        lambda y, forecast, q: tf.reduce_mean(loss_of_days(forecast, y, tf.constant(1.0) - q, q))
        lambda y, forecast, q: loss_of_days(tf.constant(forecast), y, 1.0 - q, q).numpy().mean()
        lambda y, forecast, q: sum(q * max(a - b, 0) + (1 - q) * max(b - a, 0)
            for a, b in zip(y, forecast)) / len(y)
        lambda y, forecast, q: pinball(tf.cast(y, tf.float32), tf.cast(forecast, tf.float32), q)
        lambda y, forecast, q: tf.reduce_mean(tf.nn.relu(y - forecast) * q
            + tf.nn.relu(forecast - y) * (1 - q), keepdims=True)
    """,
    "5.3": """
        lambda z, label: np.log(np.sum(np.exp(z - z.max()))) - (z - z.max())[label]
        lambda z, label: np.logaddexp.reduce(z) - z[label]
        lambda logits, target: np.logaddexp.reduce(np.array(logits) - logits[target])
        lambda label, z: np.max(z) + math.log(sum(math.exp(v - max(z)) for v in z)) - z[label]
        lambda z, label: -tf.nn.log_softmax(z)[label]
        lambda z, label: tf.reduce_logsumexp(z) - z[label]
        lambda z, label: tf.nn.sparse_softmax_cross_entropy_with_logits(label, z)
        lambda z, label:
            keras.losses.SparseCategoricalCrossentropy(True)(np.array([label]), z[None])
        lambda z, label: -(z - z.max() - np.log(np.exp(z - z.max()).sum()))[[label]]
        lambda z, label, axis=-1: tf.nn.softmax_cross_entropy_with_logits(np.eye(len(z))[label], z)
    """,
    "5.5": """
        640
        640.0
        80 * 8
        np.int64(640)
        tf.constant(640.0)
        (640,)
    """,
    "6.1": """
        0.475
        2 * 1.9 / 8
        19 / 40
        Fraction("0.475")
        Decimal("0.475")
        np.float32(0.475)
        tf.constant(0.475)
        3.8 / 8
        [4.75e-1]
    """,
    "6.2": """
        lambda a1, a2: (4 / (a1**0.5 + a2**0.5) ** 2,
            ((a2**0.5 - a1**0.5) / (a2**0.5 + a1**0.5)) ** 2)
        lambda a1, a2: [4 / (a1**0.5 + a2**0.5) ** 2, (1 - 2 * a1**0.5 / (a1**0.5 + a2**0.5)) ** 2]
        lambda a2, a1: best_for(a1, a2)
        lambda a, b: np.array(best_for(a, b))
        lambda a1, *, a2=1.0: best_for(a1, a2)
        lambda a1, a2: best_for(tf.constant(a1), tf.constant(a2))
        lambda a1, a2: map(np.float32, best_for(a1, a2))
        lambda a1, a2: dict(zip(("lr", "beta"), best_for(a1, a2))).values()
        lambda small, large: [[v] for v in best_for(small, large)]
    """,
    "6.3": """
        lambda g, v, t, lr, beta_2, epsilon: fair(g, v, t, lr, beta_2, epsilon)
        lambda g, v, t, *, lr, beta_2, epsilon: fair(g, v, t, lr, beta_2, epsilon)
        lambda g, v, t, lr=0.1, beta_2=0.9, epsilon=1e-7: list(fair(g, v, t, lr, beta_2, epsilon))
        lambda lr, beta_2, epsilon, g, v, t: np.array(fair(g, v, t, lr, beta_2, epsilon))
        lambda g, v, t, rate, b, eps: fair(g, v, t, rate, b, eps)
        lambda g, v, t, lr, beta_2, epsilon: fair(tf.constant(g), tf.constant(v), t, lr, beta_2,
            epsilon)
        lambda g, v, t, lr, beta_2, epsilon: fair(np.float32(g), v, np.float32(t), lr, beta_2,
            epsilon)
        lambda g, v, t, lr, beta_2, epsilon: tf.stack(fair(g, v, t, lr, beta_2, epsilon))
    """,
    "6.5": """
        0.99
        np.float32(0.99)
        Fraction(99, 100)
        Decimal("0.99")
        tf.constant(0.99)
        [0.0, 0.5, 0.9, 0.95, 0.99][-1]
        max({0.5: 2, 0.99: 3})
    """,
    "7.1": """
        [2 * n / np.sqrt(5) + 1 for n in (-3, -1, 1, 3)]
        2 * (np.array([1, 3, 5, 7]) - 4) / np.sqrt(5) + 1
        -1.683, 0.1056, 1.894, 3.683
        [1 - 6 / 5**0.5, 1 - 2 / 5**0.5, 1 + 2 / 5**0.5, 1 + 6 / 5**0.5]
        (2 * n / np.sqrt(5) + 1 for n in (-3, -1, 1, 3))
        map(lambda n: 2 * n / math.sqrt(5) + 1, (-3, -1, 1, 3))
        np.array([[-1.68328], [0.105573], [1.89443], [3.68328]])
        tf.nn.batch_normalization(tf.constant([1.0, 3, 5, 7]), 4.0, 5.0, 1.0, 2.0, 0.0)
        [Decimal(-6) / Decimal(5).sqrt() + 1, 0.10557, Number(1.89443), tf.constant(3.68328)]
        np.matrix("-1.68328 0.105573 1.89443 3.68328")
    """,
    "7.2": """
        lambda z, moving_mean, moving_variance, gamma, beta: tf.nn.batch_normalization(
            z, moving_mean, moving_variance, beta, gamma, 1e-3)
        lambda z, m, v, gamma, beta: gamma * (z - m) / np.sqrt(v + 0.001) + beta
        lambda z, m, v, gamma, beta: gamma * (z - m) / tf.sqrt(v + 0.001) + beta
        lambda z, m, v, gamma, beta: (tf.constant(z) - m) * tf.math.rsqrt(v + 0.001) * gamma + beta
        lambda z, m, v, gamma, beta: normalise(tf.cast(z, tf.float32), m, v, gamma, beta)
        lambda gamma, beta, moving_mean, moving_variance, z: normalise(
            z, moving_mean, moving_variance, gamma, beta)
        lambda z, moving_mean, moving_variance, *, gamma=1, beta=0, epsilon=1e-3: normalise(
            z, moving_mean, moving_variance, gamma, beta)
        lambda z, m, v, gamma, beta: [normalise(row, m, v, gamma, beta) for row in z]
        lambda z, m, v, gamma, beta: normalise(z, m, v, gamma, beta).tolist()
        lambda z, m, v, gamma, beta: normalise(z, m, v, tf.constant(gamma), tf.constant(beta))
    """,
    "7.3": """
        lambda h, rate, keep, training: np.where(keep, h, 0.0) if training else h * (1 - rate)
        lambda h, rate, keep, training: h * keep if training else (1 - rate) * h
        lambda h, rate, keep, training: tf.where(keep, h, 0.0) if training else h * (1 - rate)
        lambda h, rate, keep, training: h * tf.cast(keep, tf.float32) if training else h - rate * h
        lambda h, rate, keep, training: tf.constant(h) * tf.cast(keep, tf.float32) if training
            else tf.constant(h) * (1 - rate)
        lambda h, r, k, t: [a * b for a, b in zip(h, k)] if t else [a * (1 - r) for a in h]
        lambda h, rate, keep, *, training=False: tf.where(training, h * keep, h * (1 - rate))
        lambda training, h, rate, keep: dropout_1(h, rate, keep, training)
        lambda h, rate, keep, training: dropout_1(h.copy(), rate, keep.astype(int), training)
        lambda h, rate, keep, training: h * np.where(training, keep, 1 - rate)
    """,
    "7.5": """
        0.95
        np.float64(0.95)
        np.float32(0.95)
        Decimal("0.95")
        19 / 20
        [0.95]
        min([0.5, 0.8, 0.9, 0.95, 0.98, 0.99], key=lambda m: np.mean([abs(moving_average(f, m, 0.0)
            [-1] - 10) for f in np.random.default_rng(1).normal(10, 0.884, size=(200, 100))]))
    """,
    "8.1": """
        0.2, 0.1, math.sqrt(6 / 200)
        [0.2, 0.1, 0.173]
        np.sqrt([2 / 50, 2 / 200, 6 / 200])
        tf.sqrt([0.04, 0.01, 0.03])
        (Fraction(1, 5), Decimal("0.1"), 3**0.5 / 10)
        (math.sqrt(v) for v in (0.04, 0.01, 0.03))
        np.array([[0.2], [0.1], [0.17321]])
        {"he": 0.2, "glorot": 0.1, "limit": 0.1732}.values()
    """,
    "8.2": """
        lambda fan_in, fan_out, seed: np.random.default_rng(seed).uniform(
            -math.sqrt(6 / fan_in), math.sqrt(6 / fan_in), (fan_in, fan_out))
        lambda n, m, s: (6 / n) ** 0.5 * np.random.default_rng(s).uniform(-1, 1, (n, m))
        lambda n, m, s: (2 * np.random.default_rng(s).random((n, m)) - 1) * np.sqrt(6 / n)
        lambda seed, fan_in, fan_out: he_uniform(fan_in, fan_out, seed)
        lambda fan_in, fan_out, *, seed=None: he_uniform(fan_in, fan_out, seed)
        lambda fan_in, fan_out, seed: he_uniform(fan_in, fan_out, seed).astype("float32")
        lambda fan_in, fan_out, seed: tf.constant(he_uniform(fan_in, fan_out, seed), tf.float32)
        lambda fan_in, fan_out, seed: he_uniform(fan_in, fan_out, seed).tolist()
        lambda n, m, s: he_uniform(n, m, s).reshape(-1).reshape(n, m)
    """,
    "8.3": """
        lambda alpha: math.sqrt(2 / (1 + alpha**2))
        lambda a: (2 / (1 + a * a)) ** 0.5
        lambda alpha: 1 / np.sqrt((1 + alpha**2) / 2)
        lambda alpha: tf.sqrt(2 / (1 + alpha**2))
        lambda alpha: [np.sqrt(2) / np.hypot(1, alpha)]
        lambda alpha: np.float32(2 / (1 + alpha**2)) ** 0.5
        lambda alpha, n_in=1: Decimal(2 / (1 + alpha**2)).sqrt()
        np.vectorize(lambda a: math.sqrt(2 / (1 + a**2)))
    """,
    "8.5": """
        1.3
        np.float64(1.3)
        np.float32(1.3)
        13 / 10
        Decimal("1.3")
        tf.constant(1.3)
        [1.0, 1.1, 1.2, 1.3, 1.4, 1.5, 1.6][3]
    """,
    "9.1": """
        27
        12 + 60 / 4
        np.float32(27)
        tf.constant(27)
        Decimal(27)
        Fraction(108, 4)
    """,
    "9.2": """
        lambda workers, blocks, work, fixed, each: fixed + (work + blocks * each) / workers
        lambda n, b, w, f, e: f + w / n + b / n * e
        lambda n, b, w, f, e: np.float64(f) + np.divide(w, n) + np.divide(b, n) * e
        lambda n, b, w, f, e: f + sum([w / b + e] * (b // n)) if b % n == 0 else f + (w + b * e) / n
        lambda n, b, w, f, e: tf.constant(f + (w + b * e) / n)
        lambda n, b, w, f, e: float(f + Fraction(w) / n + Fraction(b, n) * Fraction(e))
    """,
}

# The right sentence of each exercise that asks for one, and forms in which a letter comes.
LETTER = {
    "1.5": "b",
    "2.4": "c",
    "3.4": "b",
    "4.4": "b",
    "5.4": "b",
    "6.4": "c",
    "7.4": "b",
    "8.4": "b",
}
LETTER_FORMS = """
    LETTER
    LETTER.upper()
    f"({LETTER})"
    f"{LETTER})"
    f" {LETTER}.\\n"
    f"[{LETTER}]"
    f"'{LETTER}'"
    f"„{LETTER}“"
    f"option {LETTER}"
    f"Answer: ({LETTER.upper()})"
    f"The answer is {LETTER}."
    f"**{LETTER}**"
    f"I think it is {LETTER}."
    f"\\u200b{LETTER}\\ufeff"
    chr(ord(LETTER) + 0xFEE0)
    chr(ord(LETTER) - ord("a") + ord("ⓐ"))
    chr(ord(LETTER) - ord("a") + ord("⒜"))
    [LETTER]
    (LETTER,)
    np.array(LETTER)
    np.str_(LETTER)
    tf.constant(LETTER)
    LETTER.encode()
"""
LETTER_TROUBLE = """
    None
    2
    "2"
    "(ii)"
    "🅑"
    ""
    "On the way from the weights to this loss there is a step that has no slope."
    "A smaller learning rate would bring the units back."
    f"({LETTER}) Then they would be nan"
    f"{LETTER} or d"
    "ab"
    ["a", LETTER]
    {LETTER: True}
    w_of_the_chapter
    "б"
    "с"
    "В"
    "а"
    "β"
    "ß"
"""
LETTER_WRONG = """
    "a"
    "(a)"
    "d."
    "ａ"
    "Option D"
    ["a"]
    "e"
"""

# Neither right nor wrong, for the form hides it: told how to write it, without a hint.
TROUBLE = {
    "1.1": """
        "216"
        "２１６"
        "216 points"
        (24, 9)
        (2, 16)
        6 / 0.25 * 9 * 1j
        np.mgrid[-3:3:0.25, 0:2:9j]
        lambda: 216
        None
    """,
    "1.2": """
        lambda x, low, high: print(tf.clip_by_value(x, low, high))
        lambda x: tf.clip_by_value(x, -1, 1)
        lambda x, low, high: str(tf.clip_by_value(x, low, high))
        lambda x, low, high: tf.reduce_max(tf.clip_by_value(x, low, high))
    """,
    "1.3": """
        lambda f, x: str(bend_with_two_tapes(f, x))
        lambda f: bend_with_two_tapes(f, 3.0)
        lambda f, x: print(bend_with_two_tapes(f, x))
    """,
    "1.4": """
        lambda x: np.log(np.where(x > 0, x, 1))
        lambda x: None
        lambda: tf.zeros(5)
    """,
    "1.6": """
        50
        "[50, 0]"
        (50, None)
        {"squares": 50, "coordinates": 0}
    """,
    "2.1": """
        "75, 64"
        ("75", "64")
        {75, 64}
        {"parameters": 75, "multiply_adds": 64}
        75
    """,
    "2.2": """
        lambda sizes: sum(with_norm_in_a_loop(sizes))
        lambda sizes: print(with_norm_in_a_loop(sizes))
    """,
    "2.3": """
        lambda budget: widest_in_a_loop(budget, 1)
        lambda budget, layers: str(widest_in_a_loop(budget, layers))
    """,
    "2.5": """
        "40"
        (39, 40)
        40 + 1j
    """,
    "3.1": """
        0.333
        0.33
        np.float32(0.333)
        Decimal("0.33")
        "1/3"
        "0,333"
        "0.333"
        "33 %"
        "−0.333"
        "3.33 ×10^-1"
        (0, 333)
        True
        [0.33]
        1 / 3 * 1j
        np.array(["0.333"])
        {"lr": 1 / 3}
        {1 / 3}
        lambda: 1 / 3
        tf.constant("0.333")
    """,
    "3.2": """
        lambda base, decay, step, k: base * decay ** (k / step)
        lambda base, decay, step, k, staircase: None
        lambda base, decay, step, k, staircase: round(base * decay ** (k / step), 2)
            if not staircase else 0
    """,
    "3.3": """
        lambda lr, goal: "18"
        lambda lr: 18
        lambda lr, goal: (17, 18)
    """,
    "3.5": """
        "0,95"
        (0, 95)
        "95 %"
    """,
    "4.1": """
        "10"
        "ten"
        "10 layers"
    """,
    "4.2": """
        lambda z: float(sigmoid(z[0]) * (1 + z[0] * sigmoid(-z[0]))) if len(z) > 1 else 0.5
        lambda z, a: z
    """,
    "4.3": """
        "1, -1, -3, 3, 1, 1, 0"
        lambda x: abs(x - 3)
        [1, -1], [-3, 3], [1, 1]
        None
    """,
    "4.5": """
        "8 units"
        None
    """,
    "5.1": """
        "60 %"
        "0,6"
        (0, 6)
        "３／５"
    """,
    "5.2": """
        lambda y, f, q: q * np.maximum(y - f, 0) + (1 - q) * np.maximum(f - y, 0)
        lambda y, forecast: 0.5
        lambda y, forecast, q: f"{pinball(y, forecast, q)}"
    """,
    "5.3": """
        lambda z, label: np.logaddexp.reduce(z) - z
        lambda z: np.logaddexp.reduce(z) - z[0]
        lambda z, label: 2.58
    """,
    "5.5": """
        "640"
        None
        [640, 1280]
    """,
    "6.1": """
        "0,475"
        0.48
        "0.475 per step"
        (0, 475)
    """,
    "6.2": """
        lambda a1, a2: best_for(a1, a2)[0]
        lambda a1, a2: dict(zip(("lr", "beta"), best_for(a1, a2)))
        lambda a2: best_for(1.0, a2)
    """,
    "6.3": """
        lambda g, v, t, lr, beta_2, epsilon: fair(g, v, t, lr, beta_2, epsilon)[0]
        lambda g, v, t: (0.1, 1.6)
    """,
    "6.5": """
        "β = 0,99"
        "0.99"
        None
    """,
    "7.1": """
        [-1.68, 0.11, 1.89, 3.68]
        [-1.7, 0.1, 1.9, 3.7]
        "1 - 6/√5"
        [str(2 * n / np.sqrt(5) + 1) for n in (-3, -1, 1, 3)]
        {1 - 6 / 5**0.5, 1 - 2 / 5**0.5, 1 + 2 / 5**0.5, 1 + 6 / 5**0.5}
        -1.683
    """,
    "7.2": """
        lambda z, moving_mean, moving_variance: z
        lambda z, moving_mean, moving_variance, gamma, beta: None
        lambda z, m, v, gamma, beta: np.mean(normalise(z, m, v, gamma, beta))
    """,
    "7.3": """
        lambda h, rate, keep: h * keep
        lambda h, rate, keep, training: h[keep] if training else h * (1 - rate)
    """,
    "7.5": """
        "0,95"
        (0, 95)
        "ninety-five percent"
    """,
    "8.1": """
        (0.2, 0.1, 0.17)
        "0.2, 0.1, 0.173"
        ("0,2", "0,1", "0,173")
        {"he": 0.2, "glorot": 0.1, "limit": 0.173}
        (0.2, 0.1)
    """,
    "8.2": """
        lambda fan_in, fan_out: he_uniform(fan_in, fan_out, 1)
        lambda fan_in, fan_out, seed: he_uniform(fan_in, fan_out, seed).T
    """,
    "8.3": """
        lambda: 1.4
        lambda alpha: "√(2 / (1 + α²))"
        lambda alpha: round(math.sqrt(2 / (1 + alpha**2)), 2)
    """,
    "8.5": """
        "1,3"
        (1, 3)
        "s = 1.3"
    """,
    "9.1": """
        "27"
        "27 s"
        (12, 15)
        lambda: 27
        None
    """,
    "9.2": """
        lambda workers, blocks: blocks / workers
        lambda n, b, w, f, e: f"{f + (w + b * e) / n} s"
    """,
}

# Wrong: refused, with a hint.
WRONG = {
    "1.1": """
        225
        24 + 9
        215.9
        192.0
    """,
    "1.2": """
        lambda x, low, high: tf.maximum(x, low)
        lambda x, low, high: tf.where(x > high, high, tf.where(x < low, 0.0, x))
        lambda x, low, high: [tf.where(x < low, low, x), tf.where(x > high, high, x)][1]
    """,
    "1.3": """
        slope
        bend_with_one_tape_that_watches
        bend_without_a_tensor
        lambda f, x: 2 * slope(f, x)
        lambda f, x: 0.0
    """,
    "1.4": """
        lambda x: tf.where(x > 0, tf.math.log(x), 0.0)
        lambda x: tf.math.log(tf.maximum(x, 1e-6))
        lambda x: tf.where(x > 0, tf.math.log(tf.maximum(x, 1.0)), 0.0)
        lambda x: tf.where(x > 0, tf.math.log(tf.maximum(x, 1e-7)), 0.0)
        lambda x: tf.where(x > 0, tf.math.log(x + 1e-7), 0.0)
        lambda x: tf.math.log(tf.where(x > 0, x, 1e-7))
        lambda x: tf.where(x > 0, tf.stop_gradient(tf.math.log(tf.abs(x) + 1e-30)), 0 * x)
    """,
    "1.6": """
        [20, 0]
        (50, 400.0)
        [0, 50]
    """,
    "2.1": """
        (64, 75)
        [75.0, 75.0]
        (75, 63)
    """,
    "2.2": """
        lambda sizes: with_norm_in_a_loop(sizes)[::-1]
        lambda sizes: (sum(parameters(sizes)), 2 * sum(sizes[1:-1]))
    """,
    "2.3": """
        lambda budget, layers: widest_in_a_loop(budget, layers) + 1
        widest_root
    """,
    "2.5": """
        39
        41.0
        100
    """,
    "3.1": """
        1 / 6
        0.67
        Fraction(2, 3)
        0.34
        0.3
        1
    """,
    "3.2": """
        lambda base, decay, step, k, staircase: base * decay ** (k / step)
        lambda base, decay, step, k, staircase: base * decay ** (k // step)
        lambda base, decay, step, k, staircase: base * decay**k
        lambda base, decay, step, k, staircase: math.floor(base * decay ** (k / step))
            if staircase else base * decay ** (k / step)
        lambda base, decay, step, k, staircase: base * decay ** k / step
        lambda base, decay, step, k, staircase: base * decay**np.floor(k) if staircase
            else base * decay ** (k / step)
        lambda base, decay, step, k, staircase: base * (1 - decay) ** (k / step)
    """,
    "3.3": """
        lambda lr, goal: math.floor(math.log(goal / 6) / math.log(abs(1 - 2 * lr)))
        lambda lr, goal: math.log(goal / 6) / math.log(abs(1 - 2 * lr))
        lambda lr, goal: np.ceil(np.log(goal / 6) / np.log(1 - 2 * lr))
        lambda lr, goal: math.ceil(math.log(goal / 6) / math.log(1 - 2 * lr))
        lambda lr, goal: int(np.ceil(np.log(goal / 6) / np.log(1 - 2 * lr)))
        lambda lr, goal: 18
        lambda lr, goal: math.ceil(math.log(goal / 5) / math.log(abs(1 - 2 * lr)))
    """,
    "3.5": """
        0.94
        0.96
        0.5
        95
    """,
    "4.1": """
        9
        9.97
        11.0
    """,
    "4.2": """
        lambda z: sigmoid(z) * (1 - sigmoid(z))
        sigmoid
        lambda z: z * sigmoid(z)
        lambda z: sigmoid(z) + z * (1 - sigmoid(z))
        lambda z: sigmoid(z) + z * sigmoid(z)
        lambda z: sigmoid(z) + sigmoid(z) * (1 - sigmoid(z))
        lambda z: z * sigmoid(z) + sigmoid(z) * (1 - sigmoid(z))
        lambda z: sigmoid(z) - z * sigmoid(z) * (1 - sigmoid(z))
    """,
    "4.3": """
        [1, 1], [-3, -3], [1, 1], 0
        [1, -1], [-3, 3], [1, 1], 1e-3
        [1, -1], [3, -3], [1, 1], 0
        [1, -1], [-3, 3], [1, 1], 3
        [1, -1], [-3, 3], [1, 1], 0.5
        [1, -1], [-3, 3], [-1, 1], 0
        [1, -1], [-3, 100], [2, 1], -97
        [1, 1], [-3, 1000], [2, -1], 1003
    """,
    "4.5": """
        4
        16.0
    """,
    "5.1": """
        0.4
        60
        0.714
    """,
    "5.2": """
        lambda y, forecast, q: pinball(y, forecast, 1 - q)
        lambda y, forecast, q: len(y) * pinball(y, forecast, q)
        lambda y, forecast, q: -pinball(y, forecast, q)
        lambda y, forecast, q: np.mean(np.where(forecast > y, (1 - q) * (y - forecast),
            q * (forecast - y)))
        lambda y, forecast, q: np.mean(np.where(forecast > y, (1 - q) * (forecast - y),
            q * (forecast - y)))
    """,
    "5.3": """
        lambda z, label: np.log(np.sum(np.exp(z))) - z[label]
        lambda z, label: z[label] - np.logaddexp.reduce(z)
    """,
    "5.5": """
        320
        1280.0
    """,
    "6.1": """
        0.25
        4.75
        0.679
        0.5
        0.2375
    """,
    "6.2": """
        lambda a1, a2: best_for(a1, a2)[::-1]
        lambda a1, a2: (2 / (a1 + a2), 0.0)
        lambda a1, a2: (4 / (a1**0.5 + a2**0.5) ** 2, (a2**0.5 - a1**0.5) / (a2**0.5 + a1**0.5))
        lambda a1, a2: (4 / (a1**0.5 + a2**0.5) ** 2, ((a2 - a1) / (a2 + a1)) ** 2)
        lambda a1, a2: (4 / (a1**0.5 + a2**0.5) ** 2, (a2 - a1) / (a2 + a1))
        lambda a1, a2: (2 / (a1 + a2), ((a2 - a1) / (a2 + a1)) ** 2)
    """,
    "6.3": """
        lambda g, v, t, lr, beta_2, epsilon: fair(g, v, 10**6, lr, beta_2, epsilon)
        lambda g, v, t, lr, beta_2, epsilon: (-fair(g, v, t, lr, beta_2, epsilon)[0], 1.6)
        lambda g, v, t, lr, beta_2, epsilon: (lr * np.sqrt(1 - beta_2**t) * g / (np.sqrt(
            beta_2 * v + (1 - beta_2) * g**2) + epsilon), beta_2 * v + (1 - beta_2) * g**2)
        lambda g, v, t, lr, beta_2, epsilon: fair(g, v, t, lr, beta_2, epsilon)[::-1]
    """,
    "6.5": """
        0.9
        0.95
    """,
    "7.1": """
        [1, 3, 5, 7]
        [-1.342, -0.447, 0.447, 1.342]
        [-1.3, 0.2, 1.8, 3.3]
        [-0.342, 0.553, 1.447, 2.342]
    """,
    "7.2": """
        lambda z, m, v, gamma, beta: gamma * (z - m) / (v + 0.001) + beta
        lambda z, m, v, gamma, beta: gamma * normalise(z, m, v, 1.0, beta)
        lambda z, m, v, gamma, beta: normalise(z, m, v, 1.0, beta)
        lambda z, m, v, gamma, beta: normalise(z, m, v, gamma, 0.0)
        lambda z, m, v, gamma, beta: normalise(z, z.mean(axis=0), z.var(axis=0), gamma, beta)
        lambda z, m, v, gamma, beta: normalise(z, 0 * m, v, gamma, beta)
        lambda z, m, v, gamma, beta: normalise(z, z.mean(), z.var(), gamma, beta)
    """,
    "7.3": """
        lambda h, rate, keep, training: h * keep / (1 - rate) if training else h
        lambda h, rate, keep, training: h * keep if training else h
        lambda h, rate, keep, training: h * keep * (1 if training else 1 - rate)
        lambda h, rate, keep, training: h if training else h * (1 - rate)
        lambda h, rate, keep, training: h * ~keep if training else h * (1 - rate)
        lambda h, rate, keep, training: h * keep if training else h / (1 - rate)
    """,
    "7.5": """
        0.99
        0.9
    """,
    "8.1": """
        (0.2, 0.2, 0.173)
        (0.1, 0.2, 0.173)
        (0.04, 0.01, 0.173)
        (0.04, 0.01, 0.03)
        (0.2, 0.1, 0.1)
        (0.2, 0.1, 0.346)
        (0.2, 0.1, 0.03)
        (0.2, 0.1, 0.0577)
    """,
    "8.2": """
        lambda fan_in, fan_out, seed: he_uniform(fan_in, fan_out, seed) / 3**0.5
        lambda fan_in, fan_out, seed: he_uniform(fan_in, fan_out, seed + 1)
    """,
    "8.3": """
        lambda alpha: 2 / (1 + alpha**2)
        lambda alpha: math.sqrt(2 / (1 + alpha))
        lambda alpha: math.sqrt((1 + alpha**2) / 2)
        lambda alpha: math.sqrt(2) / (1 + alpha)
        lambda alpha: math.sqrt(2) / (1 + alpha**2)
    """,
    "8.5": """
        1.2
        1.25
        1.4
        0.13
    """,
    "9.1": """
        18
        15
        72
        60 / 27
        12 * 4 + 15
    """,
    "9.2": """
        lambda n, b, w, f, e: f + w / n
        lambda n, b, w, f, e: (f + w + b * e) / n
        lambda n, b, w, f, e: f + w / n + b * e
        lambda n, b, w, f, e: f + w + b * e
    """,
}


# --- What the answers above call ---------------------------------------------------------------

w_of_the_chapter = tf.Variable([[0.5], [1.0]])


class Number:
    """A number of a library that NumPy does not know, such as SymPy's."""

    def __init__(self, value):
        self.value = value

    def __float__(self):
        return self.value


class Between:
    def __call__(self, x, low, high):
        return tf.clip_by_value(x, low, high)


class Layered(keras.layers.Layer):
    def call(self, x, low, high):
        return keras.ops.clip(x, low, high)


def bend_with_one_tape_that_watches(f, x):
    x = tf.constant(x)
    with tf.GradientTape() as outer:
        outer.watch(x)
        with tf.GradientTape() as inner:
            y = f(x)
        first = inner.gradient(y, x)
    return outer.gradient(first, x)


def bend_without_a_tensor(f, x):
    with tf.GradientTape() as outer:
        outer.watch(x)
        first = slope(f, x)
    return outer.gradient(first, x)


def bend_with_two_tapes(f, x):
    x = tf.constant(x, tf.float32)
    with tf.GradientTape() as outer:
        outer.watch(x)
        with tf.GradientTape() as inner:
            inner.watch(x)
            y = f(x)
        first = inner.gradient(y, x)
    return float(outer.gradient(first, x))


def bend_with_a_variable(f, x):
    x = tf.Variable(x)
    with tf.GradientTape() as outer, tf.GradientTape() as inner:
        first = inner.gradient(f(x), x)
    return outer.gradient(first, x)


def bend_in_float64(f, x):
    return slope(lambda y: slope(f, y), np.float64(x)).numpy()


def with_norm_in_a_loop(sizes):
    learnt = not_learnt = 0
    for i in range(len(sizes) - 1):
        learnt += sizes[i] * sizes[i + 1] + sizes[i + 1]
        if i < len(sizes) - 2:
            learnt += 2 * sizes[i + 1]
            not_learnt += 2 * sizes[i + 1]
    return learnt, not_learnt


def widest_in_a_loop(budget, layers):
    width = 1
    while 785 * (width + 1) + (layers - 1) * (width + 1) * (width + 2) + 10 * (width + 2) <= budget:
        width += 1
    return width


def widest_root(budget, layers):
    """The width, with a fraction, at which the budget is spent."""
    a, b = layers - 1, 785 + layers - 1 + 10
    return (budget - 10) / b if a == 0 else (math.sqrt(b * b + 4 * a * (budget - 10)) - b) / (2 * a)


def decayed(step, k, staircase):
    return np.floor(k / step) if staircase else k / step


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def pinball(y, forecast, q):
    return tf.reduce_mean(tf.maximum(q * (y - forecast), (q - 1) * (y - forecast)))


def best_for(a1, a2):
    root = tf.sqrt(a2 / a1)
    return 4 / (tf.sqrt(a1) + tf.sqrt(a2)) ** 2, ((root - 1) / (root + 1)) ** 2


def fair(g, v, t, lr, beta_2, epsilon):
    v = beta_2 * v + (1 - beta_2) * g**2
    return lr * g / (tf.sqrt(v / (1 - beta_2**t)) + epsilon), v


def normalise(z, moving_mean, moving_variance, gamma, beta):
    return (z - moving_mean) / (moving_variance + 1e-3) ** 0.5 * gamma + beta


def dropout_1(h, rate, keep, training):
    return h * keep if training else h * (1 - rate)


def he_uniform(fan_in, fan_out, seed):
    limit = math.sqrt(6 / fan_in)
    return np.random.default_rng(seed).uniform(-limit, limit, (fan_in, fan_out))
