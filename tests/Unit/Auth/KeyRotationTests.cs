using System.Security.Cryptography;
using Ingestion.Api.Auth;
using Ingestion.Api.Uploads.Direct;
using Ingestion.Videos;

namespace Ingestion.Tests.Unit.Auth;

/// <summary>Two keys: the first signs, both verify. A rotation is old → old+new → new+old → new.</summary>
public class KeyRotationTests
{
    private static readonly byte[] _old = RandomNumberGenerator.GetBytes(32);
    private static readonly byte[] _new = RandomNumberGenerator.GetBytes(32);
    private static readonly TokenKeys[] _steps = [new(_old, null), new(_old, _new), new(_new, _old), new(_new, null)];

    private readonly ManualTime _time = new();

    public static TheoryData<int, int, bool> Pairs
    {
        get
        {
            var pairs = new TheoryData<int, int, bool>();
            for (var signer = 0; signer < _steps.Length; signer++)
            {
                // While silos are restarted one by one, those of neighbouring steps work together.
                for (var verifier = 0; verifier < _steps.Length; verifier++)
                    pairs.Add(signer, verifier, _steps[verifier].All.Contains(_steps[signer].First));
            }

            return pairs;
        }
    }

    [Theory]
    [MemberData(nameof(Pairs))]
    public async Task TokensSharesAndPartAddresses_AreTaken_WhenOneOfTheKeysSignedThem(int signer, int verifier, bool isTaken)
    {
        var (from, to) = (Service(_steps[signer]), Service(_steps[verifier]));
        Assert.Equal(isTaken, (await to.ValidateAsync(from.Mint("ann", ["read"], TimeSpan.FromHours(1)))).User is not null);
        Assert.Equal(isTaken, (await to.ValidateAsync(from.MintShare(
            "ann", "v1", new VideoShare("s1", _time.GetUtcNow(), _time.GetUtcNow().AddHours(1), MadeBy: null)))).User is not null);
        var grant = new PartGrant(new string('a', 32), 1, 5, 1_900_000_000);
        Assert.Equal(isTaken, new PartSigner(_steps[verifier]).Verify(grant, new PartSigner(_steps[signer]).Sign(grant)));
    }

    [Fact]
    public void NeighbouringSteps_Agree_WhileSilosAreRestartedOneByOne()
    {
        for (var step = 1; step < _steps.Length; step++)
        {
            Assert.Contains(_steps[step].First, _steps[step - 1].All);
            Assert.Contains(_steps[step - 1].First, _steps[step].All);
        }
    }

    [Fact]
    public async Task Token_IsTaken_WhenItNamesNoKeyOrAnotherOne()
    {
        var service = Service(_steps[2]);
        var payload = System.Text.Json.JsonSerializer.Serialize(Jwt.Payload(_time.GetUtcNow()));
        foreach (var header in (string[])["""{"alg":"HS256"}""", """{"alg":"HS256","kid":"mine"}""", """{"alg":"HS256","kid":""}"""])
        {
            Assert.NotNull((await service.ValidateAsync(Jwt.Raw(header, payload, _old))).User);
            Assert.NotNull((await service.ValidateAsync(Jwt.Raw(header, payload, _new))).User);
            Assert.Null((await service.ValidateAsync(Jwt.Raw(header, payload, RandomNumberGenerator.GetBytes(32)))).User);
        }
    }

    [Fact]
    public void Kid_NamesTheKeyAndNotItsBytes()
    {
        string KidOf(TokenKeys keys) => Jwt.Part(Service(keys).Mint("ann", [], TimeSpan.FromHours(1)), 0).GetProperty("kid").GetString()!;
        Assert.Equal(KidOf(_steps[0]), KidOf(_steps[1]));
        Assert.NotEqual(KidOf(_steps[1]), KidOf(_steps[2]));
        Assert.Matches("^[A-Za-z0-9_-]{8}$", KidOf(_steps[0]));
        Assert.DoesNotContain(KidOf(_steps[0]), Microsoft.IdentityModel.Tokens.Base64UrlEncoder.Encode(_old), StringComparison.Ordinal);
        Assert.DoesNotContain(Convert.ToBase64String(_old), _steps[0].ToString(), StringComparison.Ordinal);
    }

    private TokenService Service(TokenKeys keys) => new(new TokenOptions(), keys, provider: null, _time, refusals: null, denied: null);
}
