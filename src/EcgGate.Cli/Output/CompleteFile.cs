using System.Text;

namespace EcgGate.Cli.Output;

/// <summary>
/// A file that appears whole or not at all: written under a temporary name beside it, renamed by <see cref="Complete"/>.
/// Opened before the work begins, so that a folder that cannot be written is noticed then and not after it.
/// </summary>
internal sealed class CompleteFile : IDisposable
{
    private readonly string _path;
    private readonly string _temporary;
    private readonly FileStream _stream;
    private bool _completed;

    /// <param name="option">The option that asked for the file, for messages.</param>
    /// <param name="path">Where it is to appear; an older file there is replaced.</param>
    /// <exception cref="CliException">It cannot be written.</exception>
    public CompleteFile(string option, string path)
    {
        Option = option;
        _path = path;
        _temporary = $"{path}.{Environment.ProcessId}.tmp";
        var folder = Path.GetDirectoryName(Path.GetFullPath(path));
        if (Directory.Exists(path))
        {
            throw new CliException($"{option} {path}: this is a folder; give the name of a file.");
        }

        if (folder is null || !Directory.Exists(folder))
        {
            throw new CliException($"{option} {path}: there is no folder {folder}; create it first, or choose another.");
        }

        try
        {
            _stream = new FileStream(_temporary, FileMode.Create, FileAccess.Write, FileShare.Read);
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            throw Unwritable(problem);
        }

        Writer = new StreamWriter(_stream, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false)) { NewLine = "\n" };
    }

    /// <summary>The option that asked for the file.</summary>
    public string Option { get; }

    /// <summary>Where the content goes, in UTF-8 with linefeeds.</summary>
    public StreamWriter Writer { get; }

    /// <summary>Makes the file appear.</summary>
    /// <exception cref="CliException">The disk is full, or the file cannot be replaced.</exception>
    public void Complete()
    {
        try
        {
            Writer.Dispose();
            File.Move(_temporary, _path, overwrite: true);
            _completed = true;
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            throw Unwritable(problem);
        }
    }

    public void Dispose()
    {
        if (_completed)
        {
            return;
        }

        try
        {
            _stream.Dispose();
            File.Delete(_temporary);
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            // The reason why the file is not complete is being reported already.
        }
    }

    private CliException Unwritable(Exception problem) =>
        new($"{Option} {_path}: the file cannot be written ({problem.Message.TrimEnd('.')}); check the folder's permissions and space.", problem);
}
