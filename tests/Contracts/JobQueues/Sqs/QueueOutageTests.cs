using System.Diagnostics.Metrics;
using Amazon.SQS.Model;
using Ingestion.Backends.JobQueue.Watch;
using Ingestion.Videos;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Xunit;

namespace Ingestion.Tests.Contracts.JobQueues.Sqs;

/// <summary>What the log, health and callers see of an unavailable queue.</summary>
public sealed class QueueOutageTests : IDisposable
{
    private readonly ManualTime _time = new();
    private readonly LinesOfLog<QueueOutage> _log = new();
    private readonly ServiceProvider _services = new ServiceCollection().AddMetrics().BuildServiceProvider();
    private readonly QueueOutage _outage;

    public QueueOutageTests() => _outage = new QueueOutage(new JobQueueMetrics(_services.GetRequiredService<IMeterFactory>(), _time), _time, _log);

    public void Dispose() => _services.Dispose();

    [Fact]
    public void Log_HasALineAMinute_AndOneWhenItIsOver()
    {
        for (var second = 0; second < 150; second++)
        {
            for (var n = 0; n < 10; n++)
                Fail(QueueUse.Take);
            _time.Advance(TimeSpan.FromSeconds(1));
        }

        Assert.Equal([LogLevel.Error, LogLevel.Error, LogLevel.Error], _log.Levels);
        _outage.Worked(QueueUse.Take);
        _outage.Worked(QueueUse.Take);
        Assert.Equal(LogLevel.Information, Assert.Single(_log.Levels.Skip(3)));
        Assert.All(_log.Exceptions, Assert.Null);
    }

    [Fact]
    public void Log_StaysShort_WhenOneUseFailsAndAnotherWorks()
    {
        for (var n = 0; n < 100; n++)
        {
            Fail(QueueUse.Send);
            _outage.Worked(QueueUse.Take);
            _outage.Worked(QueueUse.Probe);
        }

        Assert.Single(_log.Levels);
        Assert.False(_outage.Read().Works);
    }

    [Fact]
    public void Send_IsRefusedAtOnce_ForGrowingTimesAfterItFailed()
    {
        var refused = new List<double>();
        for (var n = 0; n < 6; n++)
        {
            Fail(QueueUse.Send);
            var began = _time.GetUtcNow();
            while (Refuses())
                _time.Advance(TimeSpan.FromMilliseconds(50));
            refused.Add((_time.GetUtcNow() - began).TotalSeconds);
        }

        double[] seconds = [1, 2, 4, 8, 15, 15];
        Assert.All(refused.Zip(seconds), pause => Assert.InRange(pause.First, 0.75 * pause.Second, (1.25 * pause.Second) + 0.05));
        Fail(QueueUse.Send);
        Assert.True(Refuses());
        _outage.Worked(QueueUse.Send);
        Assert.False(Refuses());
    }

    /// <summary>A video is deleted while its job waits, and nothing else is sent.</summary>
    [Fact]
    public void FailedSend_IsForgotten_WhenTheQueueAnswersForMinutes()
    {
        Fail(QueueUse.Send);
        _time.Advance(TimeSpan.FromMinutes(1));
        _outage.Worked(QueueUse.Probe);
        Assert.False(_outage.Read().Works);
        _time.Advance(TimeSpan.FromMinutes(1));
        _outage.Worked(QueueUse.Probe);
        Assert.True(_outage.Read().Works);
    }

    [Fact]
    public void Health_HasTheStartAndTheCode_AndNoNames()
    {
        Assert.True(_outage.Read().Works);
        _outage.Failed(QueueUse.Probe, new QueueDoesNotExistException(
            "The queue https://host/account/jobs does not exist.") { ErrorCode = "NonExistentQueue" });
        _time.Advance(TimeSpan.FromSeconds(35));
        var health = _outage.Read();
        Assert.Equal((false, TimeSpan.FromSeconds(35)), (health.Works, health.Age));
        Assert.Contains("35 s (NonExistentQueue)", health.Description, StringComparison.Ordinal);
        Assert.DoesNotContain("host", health.Description, StringComparison.Ordinal);
    }

    [Fact]
    public void DeadLetterQueue_IsReportedOnce_AndBlocksNoSend()
    {
        for (var n = 0; n < 3; n++)
            _outage.DeadLetters(new HttpRequestException("Connection refused"));
        Assert.False(_outage.Read().Works);
        Assert.False(Refuses());
        _outage.DeadLetters(null);
        Assert.True(_outage.Read().Works);
        Assert.Equal([LogLevel.Error, LogLevel.Information], _log.Levels);
    }

    [Fact]
    public void Metric_IsTheAgeOfTheOutage()
    {
        Assert.Equal(0, Read());
        Fail(QueueUse.Take);
        _time.Advance(TimeSpan.FromSeconds(70));
        Assert.Equal(70, Read());
        _outage.Worked(QueueUse.Take);
        Assert.Equal(0, Read());

        double Read() => Gauges.Read(_services.GetRequiredService<IMeterFactory>())["ingestion.job.queue.outage.age"];
    }

    private void Fail(QueueUse use) => _outage.Failed(use, new HttpRequestException("Connection refused"));

    private bool Refuses()
    {
        try
        {
            _outage.BeforeSend();
            return false;
        }
        catch (JobQueueUnavailableException)
        {
            return true;
        }
    }
}
