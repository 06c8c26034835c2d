// Empty: with a file of assembly beside it, the compiler takes a function without a body.
