"""What each optimizer is held against: Keras' own, and settings that both can hold exactly.

A new optimizer needs one entry here; whatever else the tests know of optimizers is derived from
this table and from `OPTIMIZERS`.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial

from keras import optimizers


@dataclass(frozen=True)
class Oracle:
    """The optimizer of Keras that must walk the same way.

    Fields:
        make: Keras' class; with what Keras leaves out by default, a partial of it.
        exact: a value for every setting, exact in binary and none of them the default: Keras keeps
            the learning rate in float32, also for weights in float64.
        names: our name → Keras' name of a setting, where they differ.
    """

    make: Callable[..., optimizers.Optimizer]
    exact: dict[str, float]
    names: dict[str, str] = field(default_factory=dict)

    def keras_name(self, name: str) -> str:
        return ({"lr": "learning_rate"} | self.names).get(name, name)

    def keras(self, **settings: float) -> optimizers.Optimizer:
        """Return Keras' optimizer with our settings; the others have Keras' defaults."""
        return self.make(**{self.keras_name(name): value for name, value in settings.items()})

    def default(self, name: str) -> float:
        """Return Keras' default of one of our settings."""
        return self.make().get_config()[self.keras_name(name)]


# Keras' own default for momentum is none at all.
_MOMENTUM = partial(optimizers.SGD, momentum=0.9)

ORACLES = {
    "sgd": Oracle(optimizers.SGD, {"lr": 0.25}),
    "momentum": Oracle(_MOMENTUM, {"lr": 0.25, "beta": 0.5}, {"beta": "momentum"}),
    "nesterov": Oracle(
        partial(_MOMENTUM, nesterov=True), {"lr": 0.25, "beta": 0.5}, {"beta": "momentum"}
    ),
    "adagrad": Oracle(
        optimizers.Adagrad, {"lr": 0.25, "initial_accumulator_value": 0.0, "epsilon": 2**-10}
    ),
    "rmsprop": Oracle(optimizers.RMSprop, {"lr": 0.25, "rho": 0.5, "epsilon": 2**-10}),
    "adam": Oracle(
        optimizers.Adam, {"lr": 0.25, "beta_1": 0.5, "beta_2": 0.875, "epsilon": 2**-10}
    ),
    "adamw": Oracle(
        optimizers.AdamW,
        {"lr": 0.25, "beta_1": 0.5, "beta_2": 0.875, "epsilon": 2**-10, "weight_decay": 0.125},
    ),
    "lion": Oracle(
        partial(optimizers.Lion, weight_decay=0.0),  # Keras has None, which is not a number
        {"lr": 0.25, "beta_1": 0.5, "beta_2": 0.875, "weight_decay": 0.125},
    ),
}
