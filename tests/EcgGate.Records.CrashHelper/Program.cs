using System.Globalization;
using EcgGate.Records.CrashHelper;
using EcgGate.Records.Sessions;

// Records 20 ms of a gate at work every millisecond, until it is killed: FOLDER PROGRESS-FILE SEED.
using var progress = new Progress(args[1]);
using var recorder = SessionRecorder.Create(args[0], SyntheticGate.Header);
var gate = new SyntheticGate(int.Parse(args[2], CultureInfo.InvariantCulture));
long handed = 0;
while (true)
{
    gate.Run(10);
    handed += gate.Inputs.Count;
    gate.HandTo(recorder);
    progress.Tell(handed, recorder.SavedInputs);
    Thread.Sleep(1);
}
