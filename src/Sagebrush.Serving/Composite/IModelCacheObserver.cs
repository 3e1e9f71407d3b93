namespace Sagebrush.Serving.Composite;

/// <summary>Is told what becomes of the models of a multi-model server. Calls never wait.</summary>
public interface IModelCacheObserver
{
    /// <summary>A request has come to its model.</summary>
    /// <param name="waited">How long it waited for the model to be loaded; null when the model was there.</param>
    void Asked(TimeSpan? waited);

    /// <summary>A model was loaded.</summary>
    /// <param name="downloading">How long it took to get its files.</param>
    /// <param name="loading">How long it took from there to a model that answers.</param>
    void Loaded(TimeSpan downloading, TimeSpan loading);

    /// <summary>A model was let go.</summary>
    /// <param name="unloading">How long it took to end.</param>
    void Unloaded(TimeSpan unloading);
}
