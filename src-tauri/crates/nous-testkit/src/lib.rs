//! People, clocks and networks for tests.
