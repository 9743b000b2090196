using CsCheck;
using EcgGate.Detection;

namespace EcgGate.Tests.Detection;

public sealed class RFiducialTests
{
    [Fact]
    public void The_vertex_of_a_parabola_is_found_exactly()
    {
        Gen.Select(Gen.Double[-0.5, 0.5], Gen.Int[1, 8], Gen.Bool).Sample((shift, half, isMaximum) =>
        {
            var ring = new SignalRing(64);
            for (var i = 0; i < 64; i++)
            {
                var d = i - 30 - shift;
                ring[i] = (float)((isMaximum ? -0.01 : 0.01) * d * d);
            }

            RFiducial.Refine(ring, 30, half).Should().BeApproximately(30 + shift, 1e-3);
        });
    }

    [Fact]
    public void A_flat_signal_keeps_the_extremum_it_was_given()
    {
        RFiducial.Refine(new SignalRing(64), 30, 3).Should().Be(30);
    }
}
