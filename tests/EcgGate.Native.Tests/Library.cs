using System.Diagnostics;
using System.Reflection;
using EcgGate.Isolated;
using EcgGate.TestSupport;

namespace EcgGate.Native.Tests;

/// <summary>The native library that this project's build has made, and the C compiler that linked it.</summary>
internal static class Library
{
    /// <summary>All engines of this process live in one runtime: what one test makes must not show in another's counts.</summary>
    public const string Collection = "one runtime";

    public static string Path { get; } = System.IO.Path.Combine(AppContext.BaseDirectory, "libecggate.so");

    /// <summary>Folder of <c>ecggate.h</c>.</summary>
    public static string Include { get; } = System.IO.Path.Combine(Recordings.Repository, "src", "EcgGate.Native");

    private static string? Compiler { get; } = typeof(Library).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(one => one.Key == "EcgGateLinker").Value;

    /// <summary>The library's calls; skips the running test, with the reason, where none could be built.</summary>
    public static NativeCore Require()
    {
        Assert.SkipWhen(string.IsNullOrEmpty(Compiler), "Needs Linux and a C compiler (gcc or clang): without one the native library is not built.");
        NativeCore.TryLoad(Path, out var core, out var problem).Should().BeTrue(problem);
        return core!;
    }

    /// <summary>Compiles and links a C program against the library, warnings as errors, and runs it.</summary>
    /// <returns>What it printed.</returns>
    public static async Task<string> CompileAndRunAsync(string source, string folder, params string[] arguments)
    {
        _ = Require();
        var program = System.IO.Path.Combine(folder, System.IO.Path.GetFileNameWithoutExtension(source));
        _ = await RunAsync(Compiler!, "-std=c11", "-Wall", "-Wextra", "-Wpedantic", "-Werror", "-O2", "-I", Include, source, "-o", program, Path, $"-Wl,-rpath,{AppContext.BaseDirectory}", "-ldl");
        return await RunAsync(program, arguments);
    }

    private static async Task<string> RunAsync(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true })!;
        var cancellation = TestContext.Current.CancellationToken;
        var output = process.StandardOutput.ReadToEndAsync(cancellation);
        var error = process.StandardError.ReadToEndAsync(cancellation);
        await process.WaitForExitAsync(cancellation);
        (await error).Should().BeEmpty();
        process.ExitCode.Should().Be(0);
        return await output;
    }
}
