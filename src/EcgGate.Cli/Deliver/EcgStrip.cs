using EcgGate.Gating;
using EcgGate.Signals;

namespace EcgGate.Cli.Deliver;

/// <summary>The last seconds of an ECG as text: dots in braille, a row of marks below. One thread.</summary>
internal sealed class EcgStrip
{
    private const int DotsPerColumn = 2;
    private const int DotsPerRow = 4;
    private const float MostMillivolts = 2;
    private const char EmptyBraille = '\u2800';

    // Of a braille character: the dots of its left and its right column, from the top.
    private static readonly int[][] Dots = [[0x01, 0x02, 0x04, 0x40], [0x08, 0x10, 0x20, 0x80]];

    private readonly int _columns;
    private readonly int _rows;
    private readonly double _samplesPerDot;
    private readonly Queue<EcgSample> _samples = new();
    private readonly Queue<(double Sample, char Mark)> _marks = new();
    private readonly double _length;

    /// <param name="rateHertz">Samples per second.</param>
    /// <param name="columns">How wide, in characters.</param>
    /// <param name="rows">How high, without the marks.</param>
    /// <param name="seconds">How much is shown.</param>
    public EcgStrip(double rateHertz, int columns, int rows = 5, double seconds = 5)
    {
        _columns = columns;
        _rows = rows;
        _length = seconds * rateHertz;
        _samplesPerDot = _length / (columns * DotsPerColumn);
    }

    public void Add(in EcgSample sample)
    {
        _samples.Enqueue(sample);
        while (_samples.Peek().Index < sample.Index - _length)
        {
            _samples.Dequeue();
        }
    }

    /// <summary>A beat: R where nothing was fired, and where something was, the pulse after it.</summary>
    public void Add(in BeatOutcome beat)
    {
        _marks.Enqueue((beat.Beat.RTime.Samples, 'R'));
        if (beat.Outcome == Outcome.Fired)
        {
            _marks.Enqueue((beat.PulseTime.Samples, '\u25B2'));
        }

        // One that is found late comes behind others.
        while (_marks.Count > 100)
        {
            _marks.Dequeue();
        }
    }

    /// <summary>The rows of the strip, the marks last; each as wide as was asked for.</summary>
    public IReadOnlyList<string> Draw()
    {
        if (_samples.Count == 0)
        {
            return [.. Enumerable.Repeat(new string(' ', _columns), _rows + 1)];
        }

        var end = _samples.Last().Index;
        // The artefact of a pulse is a hundred times the ECG, and is cut off.
        var middle = _samples.Select(sample => sample.Lead0Millivolts).Order().ElementAt(_samples.Count / 2);
        float Seen(in EcgSample sample) => Math.Clamp(sample.Lead0Millivolts, middle - MostMillivolts, middle + MostMillivolts);
        var least = _samples.Min(sample => Seen(in sample));
        var most = _samples.Max(sample => Seen(in sample));
        var range = Math.Max(0.5, most - least);
        var height = _rows * DotsPerRow;
        var cells = new int[_rows, _columns];
        var (lastX, lastY) = (-1, 0);
        foreach (var sample in _samples)
        {
            var x = (int)((sample.Index - (end - _length)) / _samplesPerDot);
            var y = Math.Clamp((int)((most - Seen(in sample)) / range * (height - 1)), 0, height - 1);
            if (x < 0 || x >= _columns * DotsPerColumn)
            {
                continue;
            }

            // Joined upwards and downwards: an R wave is steeper than the dots are close. A gap is left open.
            var from = lastX >= 0 && x - lastX <= 1 ? lastY : y;
            for (var dot = Math.Min(from, y); dot <= Math.Max(from, y); dot++)
            {
                cells[dot / DotsPerRow, x / DotsPerColumn] |= Dots[x % DotsPerColumn][dot % DotsPerRow];
            }

            (lastX, lastY) = (x, y);
        }

        var lines = new List<string>();
        for (var row = 0; row < _rows; row++)
        {
            lines.Add(string.Create(_columns, (cells, row), static (line, state) =>
            {
                for (var column = 0; column < line.Length; column++)
                {
                    line[column] = (char)(EmptyBraille + state.cells[state.row, column]);
                }
            }));
        }

        lines.Add(Marks(end));
        return lines;
    }

    private string Marks(long end)
    {
        var line = new char[_columns];
        Array.Fill(line, ' ');
        foreach (var (sample, mark) in _marks)
        {
            var column = (int)((sample - (end - _length)) / _samplesPerDot / DotsPerColumn);
            if (column >= 0 && column < _columns && (line[column] == ' ' || mark != 'R'))
            {
                line[column] = mark;
            }
        }

        return new string(line);
    }
}
