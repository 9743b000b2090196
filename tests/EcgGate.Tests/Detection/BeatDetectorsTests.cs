using EcgGate.Detection;

namespace EcgGate.Tests.Detection;

public sealed class BeatDetectorsTests
{
    [Fact]
    public void Each_name_makes_its_detector_and_the_engine_s_own_comes_first()
    {
        BeatDetectors.Names.Select(name => BeatDetectors.Create(name, 360).GetType())
            .Should().Equal(typeof(RWaveDetector), typeof(PanTompkinsDetector));
    }

    [Fact]
    public void A_name_that_is_none_is_refused_with_those_that_there_are()
    {
        var make = () => BeatDetectors.Create("christov", 360);
        make.Should().Throw<ArgumentException>().WithMessage("*'christov'*r-wave or pan-tompkins*");
    }
}
