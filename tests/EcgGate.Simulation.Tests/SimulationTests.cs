using EcgGate.Emulator;
using EcgGate.Emulator.Boards;
using EcgGate.Emulator.Simulation;
using EcgGate.Hardware;
using EcgGate.Hardware.Ads1292R;
using EcgGate.Signals;

namespace EcgGate.Simulation.Tests;

/// <summary>The fixed set that each change must pass. Longer runs: <c>ecggate simulate</c>.</summary>
public sealed class SimulationTests
{
    private const long FixedSetBeats = 60_000;

    [Fact]
    public void No_invariant_breaks_in_the_fixed_set_with_all_faults()
    {
        var result = SimulationRunner.Run(
            new SimulationOptions { Seed = 1, Beats = FixedSetBeats, Driver = OpenBoard },
            cancellation: TestContext.Current.CancellationToken);

        result.Failures.Select(failure => $"{failure.Breach.Invariant}: {failure.Breach.Detail}; {failure.Command}").Should().BeEmpty();
        result.Beats.Should().Be(FixedSetBeats);
        result.PatientsOnBoard.Should().BePositive();
        result.Fired.Should().BeGreaterThan(FixedSetBeats / 10);
        result.Faults.Select(fault => fault.Key).Should().BeEquivalentTo(Enum.GetValues<SimulatedFaultKind>().Where(kind => kind != SimulatedFaultKind.SmallSpikes && !FaultSelection.IsOfProcedures(kind)));
        (result.Fired + result.Withheld.Sum(entry => entry.Value) + result.Missed.Sum(entry => entry.Value)).Should().Be(result.Detected);
    }

    [Fact]
    public void No_invariant_breaks_without_faults()
    {
        var result = SimulationRunner.Run(
            new SimulationOptions { Seed = 5_000, Beats = 10_000, Faults = FaultSelection.None },
            cancellation: TestContext.Current.CancellationToken);

        result.Failures.Select(failure => $"{failure.Breach.Invariant}: {failure.Breach.Detail}; {failure.Command}").Should().BeEmpty();
        result.Faults.Should().BeEmpty();
        result.Fired.Should().BeGreaterThan(1_500);
    }

    [Theory]
    [InlineData("lost")]
    [InlineData("repeated,disordered")]
    [InlineData("late,clock-step,drift")]
    [InlineData("nan,stuck")]
    [InlineData("timer-late")]
    [InlineData("line-refuses,line-sticks,line-slow")]
    [InlineData("disarm,stop,source-fails,options,ring-full")]
    public void No_invariant_breaks_where_every_patient_meets_the_fault(string faults)
    {
        FaultSelection.TryParse(faults, out var selection, out var problem).Should().BeTrue(problem);
        var result = SimulationRunner.Run(
            new SimulationOptions { Seed = 7_000, Beats = 2_000, Faults = selection! },
            cancellation: TestContext.Current.CancellationToken);

        result.Failures.Select(failure => $"{failure.Breach.Invariant}: {failure.Breach.Detail}; {failure.Command}").Should().BeEmpty();
        result.Faults.Select(fault => FaultSelection.NameOf(fault.Key)).Should().BeEquivalentTo(faults.Split(','));
    }

    [Fact]
    public void The_result_does_not_depend_on_the_number_of_cores()
    {
        static SimulationResult Run(int cores) => SimulationRunner.Run(
            new SimulationOptions { Seed = 57, Beats = 2_500, Parallelism = cores, Driver = OpenBoard },
            cancellation: TestContext.Current.CancellationToken);

        Run(3).Should().BeEquivalentTo(Run(1));
    }

    [Fact]
    public void The_patient_after_the_first_is_the_first_of_the_next_seed()
    {
        static PatientResult Run(ulong seed, long beats) => PatientRun.Run(seed, beats, FaultSelection.All, null);

        Run(12, 400).Should().BeEquivalentTo(Run(12, 400));
        Run(12, 200).Faults.Should().Equal(Run(12, 400).Faults.Take(Run(12, 200).Faults.Count), "a shorter run is the beginning of a longer one");
    }

    [Fact]
    public void Stopping_early_counts_the_patients_that_are_done()
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        var result = SimulationRunner.Run(
            new SimulationOptions { Beats = 1_000_000, Parallelism = 2 },
            new StopAt(stop),
            stop.Token);

        result.Beats.Should().BeInRange(1_000, 10_000);
        result.Patients.Should().Be((int)(result.Beats / 1_000));
    }

    [Fact]
    public void A_broken_invariant_is_shrunk_to_a_command_that_shows_it_again()
    {
        // A driver with an error put in: it cannot bear a gap. Seed 7 is measured through the board.
        FaultSelection.TryParse("drdy-lost,nan,disarm,timer-late", out var faults, out _).Should().BeTrue();
        var options = new SimulationOptions { Seed = 7, Beats = 500, Faults = faults!, Driver = (bench, clock) => new GapThrower(OpenBoard(bench, clock)) };

        var failure = SimulationRunner.Run(options, cancellation: TestContext.Current.CancellationToken).Failures.Should().ContainSingle().Which;

        failure.Breach.Invariant.Should().Be(Invariant.NoException);
        failure.Faults.ToString().Should().MatchRegex("^drdy-lost#[0-9]+$", "the others have nothing to do with it");
        failure.Beats.Should().BeLessThan(500);
        failure.Command.Should().Be($"ecggate simulate --seed 7 --beats {failure.Beats} --faults {failure.Faults}");
        FaultSelection.TryParse(failure.Faults.ToString(), out var again, out _).Should().BeTrue();
        var shown = SimulationRunner.Run(options with { Beats = failure.Beats, Faults = again! }, cancellation: TestContext.Current.CancellationToken);
        shown.Failures.Should().ContainSingle().Which.Breach.Should().Be(failure.Breach);
    }

    private static IEcgSource OpenBoard(EmulatedBench bench, VirtualPace clock) => Ads1292RSource.Open(
        bench.Spi,
        bench.Gpio,
        new Ads1292ROptions { DataReadyPin = bench.DataReadyPin, Rate = Ads1292RRate.Sps500 },
        new HostClock(() => clock.Now, time => clock.SleepUntil(time, CancellationToken.None)));

    private sealed class GapThrower(IEcgSource source) : IEcgSource
    {
        public EcgSourceInfo Info => source.Info;

        public EcgBlock Read(Span<EcgSample> destination)
        {
            var block = source.Read(destination);
            return destination[0].Status.HasFlag(SampleStatus.GapBefore) ? throw new InvalidOperationException("an error put in") : block;
        }

        public void Interrupt() => source.Interrupt();

        public void Dispose() => source.Dispose();
    }

    private sealed class StopAt(CancellationTokenSource stop) : IProgress<long>
    {
        public void Report(long value) => stop.Cancel();
    }
}
