namespace Ingestion.Videos;

/// <summary>
/// The queue can't be used at the moment. Its adapter logs the outage, so callers keep what they have and retry without a line of their own.
/// </summary>
/// <param name="message">Why, for people; without names of hosts and accounts.</param>
/// <param name="inner">What the queue answered; null where no request was made because the outage is known.</param>
public sealed class JobQueueUnavailableException(string message, Exception? inner = null) : Exception(message, inner);
