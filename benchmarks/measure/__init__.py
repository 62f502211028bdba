"""Measuring Causal Streams and its peers; used by benchmarks/compare, benchmarks/curves and benchmarks/regression."""
