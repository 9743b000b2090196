using BenchmarkDotNet.Columns;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Diagnosers;
using BenchmarkDotNet.Environments;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Reports;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.Emit;
using EcgGate.Bench;
using Perfolizer.Horology;

if (args is ["handover"])
{
    // Percentiles between two threads: nothing that BenchmarkDotNet measures.
    HandoverLatency.Run();
    return;
}

// Short jobs in this process: no second build, and some two minutes for all of them. Give --help for what can be chosen.
var job = Job.Default
    .WithRuntime(CoreRuntime.Core10_0)
    .WithToolchain(InProcessEmitToolchain.Instance)
    .WithIterationTime(TimeInterval.FromMilliseconds(200))
    .WithWarmupCount(4)
    .WithIterationCount(12);
var config = DefaultConfig.Instance
    .AddJob(job)
    .AddDiagnoser(MemoryDiagnoser.Default)
    .AddColumn(StatisticColumn.Min)
    .HideColumns(Column.Job, Column.RatioSD, Column.AllocRatio)
    .WithSummaryStyle(SummaryStyle.Default.WithTimeUnit(TimeUnit.Nanosecond));
BenchmarkSwitcher.FromTypes([typeof(WholeBenchmarks), typeof(StageBenchmarks), typeof(HandoverBenchmarks)]).Run(args, config);
