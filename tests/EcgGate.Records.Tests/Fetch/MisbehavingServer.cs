using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace EcgGate.Records.Tests.Fetch;

/// <summary>One request as it came: its path and where it wants to go on from.</summary>
internal sealed record Request(string Path, long? From, int Number);

/// <summary>What to answer. Misbehaviour is part of it.</summary>
internal sealed record Answer(byte[] Body)
{
    public int Status { get; init; } = 200;

    /// <summary>Sends so many bytes of the body, then cuts the connection.</summary>
    public int? CutAfter { get; init; }

    /// <summary>Sends so many bytes of the body, then nothing until the client gives up.</summary>
    public int? StallAfter { get; init; }

    /// <summary>Answers a range with the part that was asked for; false sends everything, as a simple server does.</summary>
    public bool TakesRanges { get; init; } = true;

    /// <summary>Says how long the body is; false just closes the connection at its end.</summary>
    public bool TellsLength { get; init; } = true;

    /// <summary>A length that is not true.</summary>
    public long? ClaimedLength { get; init; }
}

/// <summary>A small web server on the loopback interface that answers as a test wants, one request a connection.</summary>
internal sealed class MisbehavingServer : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentDictionary<string, int> _counts = new(StringComparer.Ordinal);
    private readonly Func<Request, Answer?> _answer;
    private readonly Task _accepting;

    /// <param name="answer">The answer to each request; null is 404.</param>
    public MisbehavingServer(Func<Request, Answer?> answer)
    {
        _answer = answer;
        _listener.Start();
        Address = new Uri($"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}/files/");
        _accepting = AcceptAsync();
    }

    public Uri Address { get; }

    public ConcurrentQueue<Request> Requests { get; } = new();

    public int CountOf(string path) => _counts.GetValueOrDefault(path);

    public void Dispose()
    {
        _stop.Cancel();
        _listener.Stop();
        _accepting.Wait();
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                _ = ServeAsync(await _listener.AcceptTcpClientAsync(_stop.Token));
            }
            catch (Exception ended) when (ended is OperationCanceledException or SocketException or ObjectDisposedException)
            {
                return;
            }
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        try
        {
            using (client)
            {
                await using var stream = client.GetStream();
                var request = await ReadAsync(stream);
                Requests.Enqueue(request);
                var answer = _answer(request) ?? new Answer([]) { Status = 404 };
                await WriteAsync(stream, request, answer);
            }
        }
        catch (Exception gone) when (gone is IOException or OperationCanceledException or SocketException)
        {
            // The client went away, which is its right.
        }
    }

    private async Task<Request> ReadAsync(NetworkStream stream)
    {
        using var reader = new StreamReader(stream, Encoding.ASCII, leaveOpen: true);
        var path = (await reader.ReadLineAsync(_stop.Token) ?? throw new IOException("no request")).Split(' ')[1]["/files/".Length..];
        long? from = null;
        while (await reader.ReadLineAsync(_stop.Token) is { Length: > 0 } header)
        {
            if (header.StartsWith("Range: bytes=", StringComparison.OrdinalIgnoreCase))
            {
                from = long.Parse(header["Range: bytes=".Length..].TrimEnd('-'));
            }
        }

        return new Request(path, from, _counts.AddOrUpdate(path, 1, (_, count) => count + 1));
    }

    private async Task WriteAsync(NetworkStream stream, Request request, Answer answer)
    {
        var body = answer.Body.AsMemory();
        var status = answer.Status;
        var range = string.Empty;
        if (status == 200 && answer.TakesRanges && request.From is { } from)
        {
            status = from < body.Length ? 206 : 416;
            range = status == 206 ? $"Content-Range: bytes {from}-{body.Length - 1}/{body.Length}\r\n" : string.Empty;
            body = status == 206 ? body[(int)from..] : Memory<byte>.Empty;
        }

        var length = answer.TellsLength ? $"Content-Length: {answer.ClaimedLength ?? body.Length}\r\n" : string.Empty;
        await stream.WriteAsync(Encoding.ASCII.GetBytes($"HTTP/1.1 {status} X\r\n{range}{length}Connection: close\r\n\r\n"), _stop.Token);
        await stream.WriteAsync(body[..Math.Min(body.Length, answer.CutAfter ?? answer.StallAfter ?? int.MaxValue)], _stop.Token);
        if (answer.StallAfter is not null)
        {
            // Ends when the client cuts the connection, or the test is over.
            _ = await stream.ReadAtLeastAsync(new byte[1], 1, throwOnEndOfStream: false, _stop.Token);
        }

        if (answer.CutAfter is not null)
        {
            stream.Socket.LingerState = new LingerOption(enable: false, 0);
        }
    }
}
