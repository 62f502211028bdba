"""Requests that arrive at random, at the same moments as in `./causal-streams bench --first-token`."""
import math


class SplittableRandom:
    """java.util.SplittableRandom: SplitMix64 (Steele, Lea and Flood, OOPSLA 2014)."""

    MASK = (1 << 64) - 1

    def __init__(self, seed):
        self.state = seed

    def next_double(self):
        self.state = (self.state + 0x9E3779B97F4A7C15) & self.MASK
        z = self.state
        z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & self.MASK
        z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & self.MASK
        return ((z ^ (z >> 31)) >> 11) * 2.0 ** -53


class Arrivals:
    """A Poisson process beside a steady load."""

    def __init__(self, count, per_second, decoding, seed):
        self.count = count
        self.per_second = per_second
        self.decoding = decoding
        self.seed = seed

    def moments(self):
        random, now = SplittableRandom(self.seed), 0.0
        for _ in range(self.count):
            now -= math.log(1 - random.next_double()) / self.per_second
            yield now
