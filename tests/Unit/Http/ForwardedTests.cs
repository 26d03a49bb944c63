using System.Net;
using Ingestion.Api.Http;
using Microsoft.AspNetCore.Http;

namespace Ingestion.Tests.Unit.Http;

public class ForwardedTests
{
    private static readonly IReadOnlyList<IPNetwork> _trusted = new HttpOptions { TrustedProxies = "127.0.0.1, 10.0.0.0/8, fd00::/8" }.Proxies();

    /// <summary>The fields that the silo's peer 10.0.0.1 sends, and what is believed: client, scheme, host.</summary>
    [Theory]
    [InlineData("", "10.0.0.1 - -")]
    [InlineData("X-Forwarded-For: 203.0.113.7", "203.0.113.7 - -")]
    [InlineData("X-Forwarded-For: 203.0.113.7:5555", "203.0.113.7 - -")]
    [InlineData("X-Forwarded-For: 2001:db8::7", "2001:db8::7 - -")]
    [InlineData("X-Forwarded-For: [2001:db8::7]:5555", "2001:db8::7 - -")]
    [InlineData("X-Forwarded-For: 1.1.1.1, 203.0.113.7", "203.0.113.7 - -")]
    [InlineData("X-Forwarded-For: 1.1.1.1, 203.0.113.7, 10.2.3.4", "203.0.113.7 - -")]
    [InlineData("X-Forwarded-For: 1.1.1.1, unknown, 10.2.3.4", "10.2.3.4 - -")]
    [InlineData("X-Forwarded-For: 7", "10.0.0.1 - -")]
    [InlineData("X-Forwarded-For: 7.7", "10.0.0.1 - -")]
    [InlineData("X-Forwarded-For: 0x7.0.0.1", "10.0.0.1 - -")]
    [InlineData("X-Forwarded-For: 7.7:80", "10.0.0.1 - -")]
    [InlineData("X-Forwarded-For: 10.1.1.1, 10.2.2.2", "10.1.1.1 - -")]
    [InlineData("X-Forwarded-For: 9.9.9.9, 203.0.113.7|X-Forwarded-Proto: http, https|X-Forwarded-Host: evil, a.example", "203.0.113.7 https a.example")]
    [InlineData("X-Forwarded-For: 203.0.113.7, 10.2.3.4|X-Forwarded-Proto: https, http|X-Forwarded-Host: a.example", "203.0.113.7 https a.example")]
    [InlineData("X-Forwarded-Proto: https", "10.0.0.1 https -")]
    [InlineData("Forwarded: for=203.0.113.7;proto=https;host=a.example", "203.0.113.7 https a.example")]
    [InlineData("Forwarded: FOR=\"203.0.113.7:80\" ; by=10.0.0.1 ; PROTO=http", "203.0.113.7 http -")]
    [InlineData("Forwarded: for=\"[2001:db8::7]:80\"", "2001:db8::7 - -")]
    [InlineData("Forwarded: for=\"[2001:db8::7]\"", "2001:db8::7 - -")]
    [InlineData("Forwarded: for=9.9.9.9;host=evil , for=203.0.113.7;host=a.example,for=10.2.3.4;proto=https", "203.0.113.7 https a.example")]
    [InlineData("Forwarded: for=_hidden;proto=https", "10.0.0.1 https -")]
    [InlineData("Forwarded: for=unknown;host=evil, for=_hidden;proto=https", "10.0.0.1 https -")]
    [InlineData("Forwarded: for=203.0.113.7;proto=https|X-Forwarded-For: 203.0.113.8", "203.0.113.8 - -")]
    [InlineData("Forwarded: for=203.0.113.7;proto", "10.0.0.1 - -")]
    [InlineData("Forwarded: for=\"203.0.113.7", "10.0.0.1 - -")]
    [InlineData("Forwarded: for=\"a\\\"b\"", "10.0.0.1 - -")]
    [InlineData("Forwarded: for=203.0.113.7,", "10.0.0.1 - -")]
    [InlineData("Forwarded: for=203.0.113.7 x", "10.0.0.1 - -")]
    [InlineData("Forwarded: ,;=", "10.0.0.1 - -")]
    [InlineData("Forwarded: for=;proto=https", "10.0.0.1 - -")]
    public void Origin_IsWhatTrustedProxiesSay_WhenTheyAskFor(string fields, string expected)
    {
        var headers = new HeaderDictionary();
        foreach (var field in fields.Split('|', StringSplitOptions.RemoveEmptyEntries))
            headers[field.Split(": ")[0]] = field.Split(": ")[1];
        var origin = ForwardedOrigin.Resolve(IPAddress.Parse("10.0.0.1"), ForwardedFields.ReadHops(headers), _trusted);
        Assert.Equal(expected, $"{origin.Client} {origin.Scheme ?? "-"} {origin.Host ?? "-"}");
    }

    [Theory]
    [InlineData("127.0.0.1", true)]
    [InlineData("10.255.255.255", true)]
    [InlineData("::ffff:10.0.0.1", true)]
    [InlineData("fd12::1", true)]
    [InlineData("127.0.0.2", false)]
    [InlineData("11.0.0.1", false)]
    [InlineData("::1", false)]
    [InlineData("::ffff:11.0.0.1", false)]
    public void Peer_IsTrusted_WhenItsAddressIsListed(string address, bool trusted) => Assert.Equal(trusted, ForwardedOrigin.IsTrusted(IPAddress.Parse(address), _trusted));

    [Fact]
    public void Nothing_IsBelieved_WhenThereAreTooManyHops()
    {
        var headers = new HeaderDictionary { ["X-Forwarded-For"] = string.Join(',', Enumerable.Repeat("10.0.0.2", 33)) };
        Assert.Empty(ForwardedFields.ReadHops(headers));
        headers = new HeaderDictionary { ["Forwarded"] = string.Join(',', Enumerable.Repeat("for=10.0.0.2", 33)) };
        Assert.Empty(ForwardedFields.ReadHops(headers));
    }

    [Theory]
    [InlineData("a.example", true)]
    [InlineData("a.example:8443", true)]
    [InlineData("localhost", true)]
    [InlineData("192.0.2.1:80", true)]
    [InlineData("[2001:db8::1]", true)]
    [InlineData("[2001:db8::1]:80", true)]
    [InlineData("a_b.example", true)]
    [InlineData("a.example/", false)]
    [InlineData("a.example?x", false)]
    [InlineData("a@b.example", false)]
    [InlineData("a.example:0", false)]
    [InlineData("a.example:65536", false)]
    [InlineData("a.example:x", false)]
    [InlineData("a b", false)]
    [InlineData("[::1", false)]
    [InlineData("ä.example", false)]
    [InlineData("a\r\nEvil: 1", false)]
    [InlineData(":80", false)]
    public void Host_IsTaken_WhenItIsNothingButAHost(string host, bool taken) =>
        Assert.Equal(taken ? host : null, Assert.Single(ForwardedFields.ReadHops(new HeaderDictionary { ["X-Forwarded-Host"] = host })).Host);

    [Theory]
    [InlineData("/media", "/media")]
    [InlineData("/media/", "/media")]
    [InlineData("/a/b-c_d.e~f", "/a/b-c_d.e~f")]
    [InlineData("/", null)]
    [InlineData("", null)]
    [InlineData("media", null)]
    [InlineData("//evil", null)]
    [InlineData("/a//b", null)]
    [InlineData("/a/..", null)]
    [InlineData("/a?b", null)]
    [InlineData("/a%2fb", null)]
    [InlineData("/a b", null)]
    public void Prefix_IsTaken_WhenItIsNothingButAPath(string prefix, string? taken) =>
        Assert.Equal(taken, ForwardedFields.ReadPrefix(new HeaderDictionary { ["X-Forwarded-Prefix"] = prefix }));

    /// <summary>Whatever stands there, it is read to an end and never throws.</summary>
    [Fact]
    public void Fields_AreReadToTheirEnd_WhateverTheyHold()
    {
        const string Characters = "for=host;proto,\"\\[]: \t.1a_\0ä";
        var random = new Random(7);
        for (var i = 0; i < 20_000; i++)
        {
            var text = string.Concat(Enumerable.Range(0, random.Next(30)).Select(_ => Characters[random.Next(Characters.Length)]));
            var headers = new HeaderDictionary { ["Forwarded"] = text };
            foreach (var hop in ForwardedFields.ReadHops(headers))
                Assert.Matches(@"^[a-z0-9.:_\[\]]*$", hop.Host ?? "");
        }
    }
}
