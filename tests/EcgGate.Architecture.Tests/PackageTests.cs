using System.Diagnostics;
using System.IO.Compression;
using EcgGate.TestSupport;

namespace EcgGate.Architecture.Tests;

/// <summary>What a user gets from a package source: packed once, looked into, and the tool installed from it.</summary>
public sealed class PackageTests(PackageTests.Packed packed) : IClassFixture<PackageTests.Packed>
{
    [Theory]
    [InlineData("EcgGate")]
    [InlineData("EcgGate.Hardware")]
    [InlineData("EcgGate.Hosting")]
    [InlineData("EcgGate.Records")]
    [InlineData("EcgGate.Validation")]
    public void A_package_holds_the_library_its_documentation_its_symbols_the_readme_and_the_licence(string name)
    {
        packed.Entries(name, "nupkg").Should().Contain([$"lib/net10.0/{name}.dll", $"lib/net10.0/{name}.xml", "README.md", "LICENSE"]);
        packed.Entries(name, "snupkg").Should().Contain($"lib/net10.0/{name}.pdb");
    }

    [Fact]
    public void The_library_brings_its_native_part_along()
    {
        var native = Path.Combine(Recordings.Repository, "src", "EcgGate.Native", "bin", Packed.Configuration, "native");
        var runtimes = Directory.Exists(native) ? Directory.GetDirectories(native).Where(d => File.Exists(Path.Combine(d, "libecggate.so"))).Select(d => Path.GetFileName(d)).ToList() : [];
        Assert.SkipWhen(runtimes.Count == 0, "The native library was not built here: it needs a C linker.");

        packed.Entries("EcgGate", "nupkg").Should().Contain(runtimes.Select(runtime => $"runtimes/{runtime}/native/libecggate.so"));
    }

    [Fact]
    public async Task The_tool_installs_from_its_package_and_runs()
    {
        var tools = Path.Combine(packed.Folder, "tools");
        await File.WriteAllTextAsync(Path.Combine(packed.Folder, "nuget.config"), $"<configuration><packageSources><clear /><add key=\"packed\" value=\"{packed.Folder}\" /></packageSources></configuration>", TestContext.Current.CancellationToken);
        var installed = await Packed.RunAsync("dotnet", ["tool", "install", "EcgGate.Cli", "--tool-path", tools, "--configfile", Path.Combine(packed.Folder, "nuget.config"), "--no-cache"], packed.Folder);
        installed.Code.Should().Be(0, installed.Output);

        var help = await Packed.RunAsync(Path.Combine(tools, OperatingSystem.IsWindows() ? "ecggate.exe" : "ecggate"), ["--help"], packed.Folder);
        help.Code.Should().Be(0, help.Output);
        help.Output.Should().Contain("validate");
    }

    /// <summary>The packages, made from what the tests themselves were built from.</summary>
    public sealed class Packed : IAsyncLifetime
    {
        public static string Configuration { get; } =
            AppContext.BaseDirectory.Contains($"{Path.DirectorySeparatorChar}Release{Path.DirectorySeparatorChar}", StringComparison.Ordinal) ? "Release" : "Debug";

        public string Folder { get; } = Directory.CreateTempSubdirectory("ecggate-packages-").FullName;

        public async ValueTask InitializeAsync()
        {
            foreach (var project in Directory.EnumerateFiles(Path.Combine(Recordings.Repository, "src"), "EcgGate*.csproj", SearchOption.AllDirectories).Order(StringComparer.Ordinal))
            {
                if (File.Exists(Path.Combine(Path.GetDirectoryName(project)!, "bin", Configuration, "net10.0", Path.GetFileNameWithoutExtension(project) + ".dll")))
                {
                    var (code, output) = await RunAsync("dotnet", ["pack", project, "-c", Configuration, "--no-build", "-o", Folder, "-v", "quiet"], Recordings.Repository);
                    code.Should().Be(0, output);
                }
            }
        }

        public IEnumerable<string> Entries(string package, string extension)
        {
            var file = Directory.EnumerateFiles(Folder, $"{package}.*.{extension}").Single(f => char.IsDigit(Path.GetFileName(f)[package.Length + 1]) && f.EndsWith('.' + extension, StringComparison.Ordinal));
            using var zip = ZipFile.OpenRead(file);
            return [.. zip.Entries.Select(entry => entry.FullName)];
        }

        public static async Task<(int Code, string Output)> RunAsync(string program, string[] arguments, string folder)
        {
            using var process = Process.Start(new ProcessStartInfo(program, arguments) { WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false })!;
            var error = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
            var output = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
            await process.WaitForExitAsync(TestContext.Current.CancellationToken);
            return (process.ExitCode, output + await error);
        }

        public ValueTask DisposeAsync()
        {
            Directory.Delete(Folder, recursive: true);
            return ValueTask.CompletedTask;
        }
    }
}
