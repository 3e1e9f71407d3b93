using System.Net;
using System.Net.Mail;
using System.Net.Mime;
using System.Text;

namespace Sagebrush.Services.Sns.Delivery;

/// <summary>Sends messages by e-mail through the configured server.</summary>
internal sealed class MailChannel(SnsOptions options, Envelope envelope) : IDeliveryChannel
{
    private const string UsualSubject = "AWS Notification Message";

    private const int UsualPort = 25;

    public IReadOnlyList<string> Protocols => ["email", "email-json"];

    public string? Missing => options.MailServer is null
        ? "no mail server is configured; start the server with SAGEBRUSH_SMTP=smtp://HOST:PORT?from=ADDRESS"
        : null;

    public string? Problem(string protocol, string endpoint) => MailAddress.TryCreate(endpoint, out var address) && address.Address == endpoint ? null : "Email address";

    public async Task SendAsync(DeliveryDocument delivery, CancellationToken cancellationToken)
    {
        var server = options.MailServer ?? throw new DeliveryFailedException(Missing!, isFinal: false);
        using var client = new SmtpClient(server.Host, server.Port > 0 ? server.Port : UsualPort) { EnableSsl = server.Scheme == "smtps" };
        if (server.UserInfo.Length > 0)
        {
            var user = server.UserInfo.Split(':', 2);
            client.Credentials = new NetworkCredential(Uri.UnescapeDataString(user[0]), user.Length > 1 ? Uri.UnescapeDataString(user[1]) : "");
        }

        using var mail = new MailMessage(Sender(server, delivery), new MailAddress(delivery.Endpoint))
        {
            Subject = delivery.Type == DeliveryDocument.Confirmation ? "AWS Notification - Subscription Confirmation" : delivery.Subject ?? UsualSubject,
            Body = Body(delivery),
            BodyEncoding = Encoding.UTF8,
            BodyTransferEncoding = TransferEncoding.QuotedPrintable,
            SubjectEncoding = Encoding.UTF8,
        };
        try
        {
            await client.SendMailAsync(mail, cancellationToken);
        }
        catch (SmtpException exception)
        {
            var isFinal = exception.StatusCode is SmtpStatusCode.MailboxUnavailable or SmtpStatusCode.MailboxNameNotAllowed or SmtpStatusCode.UserNotLocalTryAlternatePath;
            throw new DeliveryFailedException(exception.Message, isFinal);
        }
    }

    private static MailAddress Sender(Uri server, DeliveryDocument delivery)
    {
        var from = server.Query.TrimStart('?').Split('&').FirstOrDefault(part => part.StartsWith("from=", StringComparison.Ordinal)) is { } given
            ? Uri.UnescapeDataString(given["from=".Length..])
            : $"no-reply@{server.Host}";
        return new MailAddress(from, delivery.DisplayName ?? "AWS Notifications");
    }

    private string Body(DeliveryDocument delivery)
    {
        if (delivery.Protocol == "email-json")
        {
            return envelope.Write(delivery);
        }

        if (delivery.Type == DeliveryDocument.Confirmation)
        {
            return $"You have chosen to subscribe to the topic:\n{delivery.TopicArn}\n\n"
                + $"To confirm this subscription, open this link (if this was in error no action is necessary):\n{envelope.SubscribeUrl(delivery)}\n";
        }

        return $"{delivery.Message}\n\n--\nIf you wish to stop receiving notifications from this topic, open this link to unsubscribe:\n{envelope.UnsubscribeUrl(delivery)}\n";
    }
}
