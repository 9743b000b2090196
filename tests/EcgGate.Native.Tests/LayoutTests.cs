using System.Globalization;
using System.Reflection;
using System.Runtime.InteropServices;
using System.Text;
using EcgGate.Detection;
using EcgGate.Gating;
using EcgGate.Isolated;
using EcgGate.Signals;
using EcgGate.Timing;

namespace EcgGate.Native.Tests;

/// <summary>What ecggate.h says is what the library has: asked from the C compiler.</summary>
public sealed class LayoutTests
{
    private static readonly Type[] Structs =
    [
        typeof(AbiSample), typeof(AbiLine), typeof(AbiEvent), typeof(AbiEventMemory), typeof(AbiInput), typeof(AbiInfo),
        typeof(AbiPulse), typeof(AbiBucket), typeof(AbiStatistics), typeof(AbiOptions),
    ];

    private static readonly (Type Enum, string Prefix)[] Enums =
    [
        (typeof(AbiStatus), ""), (typeof(AbiClock), "CLOCK_"), (typeof(AbiText), "TEXT_"), (typeof(AbiHistogram), "HISTOGRAM_"),
        (typeof(GateEventKind), "EVENT_"), (typeof(GateState), "STATE_"), (typeof(Reason), "REASON_"), (typeof(Outcome), "OUTCOME_"),
        (typeof(BeatClass), "BEAT_CLASS_"), (typeof(SampleStatus), "SAMPLE_"),
        (typeof(GateInputKind), "INPUT_"),
    ];

    [Fact]
    public async Task Every_field_stands_where_the_C_compiler_has_it()
    {
        var expected = new StringBuilder();
        var program = new StringBuilder("#include <stdio.h>\n#include \"ecggate.h\"\nint main(void) {\n");
        foreach (var type in Structs)
        {
            var name = "ecggate_" + Snake(type.Name["Abi".Length..]);
            Add($"sizeof({name})", $"{name} {Marshal.SizeOf(type)}");
            foreach (var field in type.GetFields(BindingFlags.Public | BindingFlags.Instance))
            {
                Add($"offsetof({name}, {Snake(field.Name)})", $"{name}.{Snake(field.Name)} {Marshal.OffsetOf(type, field.Name)}");
            }
        }

        await ShouldPrint(program, expected);

        void Add(string expression, string line)
        {
            program.Append(CultureInfo.InvariantCulture, $"printf(\"{line[..line.LastIndexOf(' ')]} %zu\\n\", {expression});\n");
            expected.Append(line).Append('\n');
        }
    }

    [Fact]
    public async Task Every_value_of_an_enum_has_its_name_in_C()
    {
        var expected = new StringBuilder();
        var program = new StringBuilder("#include <stdio.h>\n#include \"ecggate.h\"\nint main(void) {\n");
        foreach (var (type, prefix) in Enums)
        {
            foreach (var value in Enum.GetValues(type))
            {
                var name = $"ECGGATE_{prefix}{Snake(value.ToString()!).ToUpperInvariant()}";
                var number = Convert.ToInt32(value, CultureInfo.InvariantCulture);
                if (type == typeof(SampleStatus) && number == 0)
                {
                    continue;
                }

                Add(name, number);
            }
        }

        Add("ECGGATE_ABI_VERSION", (int)Abi.Version);
        Add("ECGGATE_THREAD_LOCK_MEMORY", Abi.LockMemory);
        Add("ECGGATE_THREAD_HOLD_PROCESSOR_AWAKE", Abi.HoldProcessorAwake);
        Add("ECGGATE_THREAD_TIMER_SLACK_REMOVED", Abi.TimerSlackRemoved);
        await ShouldPrint(program, expected);

        void Add(string name, int number)
        {
            program.Append(CultureInfo.InvariantCulture, $"printf(\"{name} %d\\n\", (int){name});\n");
            expected.Append(CultureInfo.InvariantCulture, $"{name} {number}\n");
        }
    }

    [Fact]
    public void The_faults_that_the_header_numbers_are_the_timers()
    {
        Enum.GetValues<PulseTimerFault>().Should().Equal(PulseTimerFault.None, PulseTimerFault.RaiseRefused, PulseTimerFault.LowerRefused, PulseTimerFault.EdgeLate);
        File.ReadAllText(Path.Combine(Library.Include, "ecggate.h")).Should().Contain("0 none, 1 raise refused, 2 lower refused, 3 edge late");
    }

    private static async Task ShouldPrint(StringBuilder program, StringBuilder expected)
    {
        var folder = Directory.CreateTempSubdirectory("ecggate-native-");
        try
        {
            var source = Path.Combine(folder.FullName, "layout.c");
            await File.WriteAllTextAsync(source, program.Append("return 0; }\n").ToString(), TestContext.Current.CancellationToken);
            (await Library.CompileAndRunAsync(source, folder.FullName)).Should().Be(expected.ToString());
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static string Snake(string name)
    {
        var text = new StringBuilder();
        for (var i = 0; i < name.Length; i++)
        {
            if (char.IsAsciiLetterUpper(name[i]) && i > 0)
            {
                text.Append('_');
            }

            text.Append(char.ToLowerInvariant(name[i]));
        }

        return text.ToString();
    }
}
