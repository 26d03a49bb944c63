using System.ComponentModel.DataAnnotations;

namespace Ingestion.Backends.JobQueue.Sqs;

/// <summary>
/// Settings of the queue on Amazon SQS or what speaks its protocol. Credentials are none of them: they come from the SDK's chain
/// (environment, profile, web identity, container, instance).
/// </summary>
public sealed class SqsJobQueueOptions : IValidatableObject
{
    /// <summary>The queue; this or <see cref="QueueName"/>. A standard queue, not a FIFO one.</summary>
    [Url]
    public string? QueueUrl { get; set; }

    /// <summary>The queue by its name, looked up at first use.</summary>
    public string? QueueName { get; set; }

    /// <summary>The queue that dead letters are sent to; another one than the job queue.</summary>
    [Required, Url]
    public string? DeadLetterQueueUrl { get; set; }

    /// <summary>The endpoint, where it is not Amazon's regional one.</summary>
    [Url]
    public string? ServiceUrl { get; set; }

    /// <summary>The region, such as eu-central-1; what the SDK's chain finds when not given.</summary>
    public string? Region { get; set; }

    /// <summary>How long a receiver waits for a job before it gets an empty answer, in seconds: the service's long poll.</summary>
    [Range(0, 20)]
    public int PollSeconds { get; set; } = 20;

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (string.IsNullOrEmpty(QueueUrl) == string.IsNullOrEmpty(QueueName))
            yield return new ValidationResult("Give either QueueUrl or QueueName.", [nameof(QueueUrl), nameof(QueueName)]);
        // A dead letter would come back as a job, for ever.
        if (DeadLetterQueueUrl is { Length: > 0 } && DeadLetterQueueUrl == QueueUrl)
            yield return new ValidationResult("must be another queue than QueueUrl", [nameof(DeadLetterQueueUrl)]);
    }
}
