namespace Sagebrush.Services.S3.Events;

/// <summary>Hears of every object made, deleted or tagged through S3, in this process. Register any number of them as services.</summary>
public interface IObjectListener
{
    /// <summary>Called after the change is durable and before its request is answered: be quick, and do not throw.</summary>
    void OnObjectEvent(ObjectEvent happened);
}
