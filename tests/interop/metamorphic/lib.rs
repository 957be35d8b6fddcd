//! Nothing: the test beside it is the package.
