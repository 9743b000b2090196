// All engines live in one runtime, the library's: what one test makes must not show in another's counts.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
